# Feuilles : des tableaux en fichiers.
yes = Oui
no = Non
