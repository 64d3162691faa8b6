DROP TABLE licence_file;
