error-http-bad-cursor = Ce lien dans la liste n’est plus valable. Reprenez depuis la première page.
error-http-bad-page-size = Choisissez une taille de page comprise entre 1 et 200.
