# Feuilles : des tableaux en fichiers.

error-sheet-too-long = La ligne { $row } dépasse { $max } octets. Un guillemet non fermé peut en être la cause.
error-sheet-too-many-fields = La ligne { $row } compte plus de { $max } valeurs. Il s’agit peut-être d’un autre séparateur.
error-sheet-not-text = Ce n’est pas un fichier texte. Enregistrez le tableau au format CSV et choisissez ce fichier.
error-sheet-unknown-encoding = L’encodage du fichier n’a pas pu être reconnu. Choisissez-le ou enregistrez le fichier en UTF-8.
error-sheet-no-such-encoding = L’encodage { $encoding } n’existe pas. Choisissez-en un dans la liste.
error-sheet-broken-text = La ligne { $row } n’est pas en { $encoding }. Enregistrez le fichier en UTF-8.
error-sheet-no-header = Le fichier n’a pas d’en-tête. Nommez les colonnes dans la première ligne.
error-sheet-no-rows = Le fichier n’a aucune ligne sous son en-tête. Ajoutez-en, puis choisissez-le de nouveau.
error-sheet-column-missing = Il manque dans l’en-tête : { $columns }. Nommez les colonnes comme sur cette page.
error-sheet-column-twice = L’en-tête contient deux fois une colonne : { $columns }. Supprimez l’une des deux.
error-sheet-too-many-rows = Un classeur compte au plus 1 048 575 lignes. Prenez le format CSV ou restreignez la liste.
error-sheet-workbook = Le classeur n’a pas pu être écrit. Réessayez.
