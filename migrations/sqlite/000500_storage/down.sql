DROP TABLE storage_loose;
DROP TABLE storage_blob;
