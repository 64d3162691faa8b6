DROP TABLE monitoring_day;
