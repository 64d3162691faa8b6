error-http-bad-cursor = Ce lien dans la liste n’est plus valable. Reprenez depuis la première page.
error-http-bad-page-size = Choisissez une taille de page comprise entre 1 et 200.
rows-per-page = Lignes par page
list-past-end = Plus rien ici
list-past-end-text = La liste a raccourci depuis la création de ce lien.
list-back = Aller à la dernière page
