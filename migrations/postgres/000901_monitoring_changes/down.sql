DROP TABLE monitoring_change;
