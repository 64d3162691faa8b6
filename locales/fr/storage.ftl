# Ce que refusent l’enregistrement et la lecture des fichiers.
error-storage-empty = Le fichier est vide. Choisissez un fichier qui a un contenu.
error-storage-too-large = Le fichier dépasse { NUMBER($limit_bytes) } octets, la taille maximale acceptée ici.
error-storage-interrupted = L’envoi s’est interrompu avant la fin. Envoyez de nouveau le fichier.
error-storage-disk-full = Il n’y a plus de place à l’endroit où les fichiers sont conservés. Rien n’a été enregistré ; libérez de l’espace et envoyez de nouveau le fichier.
error-storage-unreachable = Le stockage des fichiers ne répond pas. Réessayez dans un instant.
error-storage-damaged = Le fichier conservé est endommagé ou a disparu. Restaurez-le depuis une sauvegarde ou envoyez-le de nouveau.
