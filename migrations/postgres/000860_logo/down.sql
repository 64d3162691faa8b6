-- The file is nobody's from now on, and is collected.
UPDATE storage_blob SET ref_count = ref_count - 1
    WHERE id IN (SELECT blob_id FROM setting_logo WHERE blob_id IS NOT NULL);
DROP TABLE setting_logo;
