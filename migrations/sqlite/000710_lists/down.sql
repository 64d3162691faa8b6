DROP TABLE list_choice;
DROP TABLE list_view;
