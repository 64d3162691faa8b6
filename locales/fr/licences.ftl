# Licences : le fichier qui fait fonctionner le logiciel d’un terminal.
licences-title = Licences
licences-one = Licence
licences-upload = Déposer une licence
licences-file = Fichier
licences-file-hint = Le fichier tel que le distributeur l’a émis, 1 Mo au plus. Il est transmis octet pour octet.
licences-terminal = Terminal
licences-tid = Terminal (TID)
licences-tid-hint = Le TID tel qu’il est enregistré, par exemple TG00221
licences-replace = Remplacer la licence actuelle du terminal
licences-replace-hint = Nécessaire seulement si le terminal a déjà une autre licence. Celle-ci est retirée.
licences-replace-this = Déposer une autre licence
licences-state = État
licences-size = Taille
licences-uploaded = Déposée
licences-uploaded-by = Déposée par
licences-fetched = Récupérée par le terminal
licences-confirmed = Confirmée par le terminal
licences-ended = Fin
licences-ended-by = Fin décidée par
licences-why = Motif
licences-delivery = Livraison
licences-download = Télécharger
licences-delete = Supprimer
licences-send-again = Envoyer de nouveau
licences-find = TID ou nom de fichier
licences-current = Toutes les licences actuelles
licences-none-found = Aucune licence ne correspond
licences-none-found-text = Cherchez le début d’un TID ou d’un nom de fichier, ou choisissez un autre état.
licences-show-all = Tout afficher
licences-empty = Pas encore de licence
licences-empty-text = Une licence est un fichier destiné à un terminal. Déposez-la ici et le terminal la récupère de lui-même.
licences-panel-empty = Ce terminal n’a pas de licence
licences-panel-empty-text = Dès que vous en déposez une, le terminal en est averti à son prochain contact.
licences-former = Anciennes licences
licences-delete-title = Supprimer { $file } de { $tid } ?
licences-delete-waiting = Le terminal { $tid } n’a pas récupéré cette licence. Il ne la recevra pas et rien n’en est conservé.
licences-delete-delivered = Le terminal { $tid } a récupéré cette licence et peut continuer à s’en servir. Le fichier est supprimé ici ; la date de sa livraison reste consignée.

licences-means-waiting = Le terminal en est averti à son prochain contact.
licences-means-fetched = Le terminal a récupéré le fichier et n’a pas encore dit qu’il l’avait pris en compte.
licences-means-confirmed = Le terminal a récupéré le fichier et a dit qu’il l’avait pris en compte.
licences-means-failed = Le terminal n’a pas pris en compte la licence.
licences-means-superseded = Une autre licence a pris sa place.
licences-means-deleted = Elle a été supprimée après sa livraison.

state-confirmed = Confirmée
state-superseded = Remplacée
state-deleted = Supprimée

said-licence-uploaded = La licence est déposée. Le terminal en est averti à son prochain contact.
said-licence-replaced = La licence est déposée et prend la place de la précédente.
said-licence-same = Le terminal a déjà exactement cette licence. Rien n’a été modifié.
said-licence-deleted = La licence est supprimée.
said-licence-sent-again = Le terminal est de nouveau averti de sa licence.

event-licence-uploaded = Licence déposée.
event-licence-fetched = Licence récupérée par le terminal.
event-licence-confirmed = Licence confirmée par le terminal.
event-licence-failed = Licence non prise en compte par le terminal.
event-licence-deleted = Licence supprimée.

panel-licence = Licence
work-kind-licence = Licence

error-licence-unknown = Cette licence n’existe pas. Elle a peut-être été supprimée.
error-licence-none = Ce terminal n’a pas de licence.
error-licence-no-terminal = Aucun terminal ne porte ce TID. Saisissez le TID tel qu’il est enregistré.
error-licence-empty = Le fichier de licence est vide. Choisissez le fichier tel que le distributeur l’a émis.
error-licence-too-large = Le fichier de licence dépasse { $max } octets. Vérifiez qu’il s’agit bien d’une licence.
error-licence-file-name = Le nom du fichier manque ou dépasse 200 caractères. Renommez le fichier.
error-licence-no-file = Choisissez un fichier de licence.
error-licence-exists = Le terminal a déjà une licence. Cochez cette case pour la remplacer.
error-licence-not-current = Cette licence a été remplacée ou supprimée entre-temps. Consultez la licence actuelle du terminal.
error-licence-nothing-to-send = Il n’y a rien à renvoyer : la livraison est en cours ou terminée.
error-licence-file-gone = Le fichier de cette licence n’est plus conservé : elle a été remplacée ou supprimée.
error-licence-bad-form = L’envoi s’est interrompu avant la fin. Envoyez de nouveau le formulaire.
error-licence-no-state = Il n’y a pas d’état de ce nom. Choisissez-en un dans la liste.
