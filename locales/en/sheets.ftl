# Sheets: tables as files.
yes = Yes
no = No
