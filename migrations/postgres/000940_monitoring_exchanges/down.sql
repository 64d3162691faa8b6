DROP TABLE monitoring_exchange;
