DROP TABLE monitoring_exchange_left;
