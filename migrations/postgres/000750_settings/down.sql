DROP TABLE setting_change;
DROP TABLE setting_group;
