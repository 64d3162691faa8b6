DROP TABLE access_identity;
