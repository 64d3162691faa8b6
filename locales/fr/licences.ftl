# Licences : le fichier qui fait fonctionner le logiciel d’un terminal.
licences-title = Licences
licences-one = Licence
licences-upload = Déposer une licence
licences-file = Fichier
licences-file-hint = Le fichier tel que le distributeur l’a émis, 1 Mo au plus. Il est transmis octet pour octet.
licences-terminal = Terminal
licences-tid = Terminal (TID)
licences-tid-hint = Le TID tel qu’il est enregistré, par exemple TG00221. Inutile si vous saisissez un numéro de série.
licences-replace = Remplacer la licence actuelle
licences-replace-hint = Utile seulement s’il existe déjà une licence pour ces numéro de série, plateforme et logiciel. Celle-ci est retirée.
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
licences-find = N° de série, identifiant, TID ou nom de fichier
licences-current = Toutes les licences actuelles
licences-none-found = Aucune licence ne correspond
licences-none-found-text = Cherchez une partie d’un numéro de série ou d’un identifiant de licence, ou le début d’un TID ou d’un nom de fichier, ou choisissez un autre état.
licences-empty = Pas encore de licence
licences-empty-text = Une licence est un fichier destiné à un appareil. Déposez-la ici et son terminal la récupère de lui-même.
licences-panel-empty = Ce terminal n’a pas de licence
licences-panel-empty-text = Dès que vous en déposez une, le terminal en est averti à son prochain contact.
licences-former = Anciennes licences
licences-delete-title = Supprimer { $file } de { $serial } ?
licences-delete-waiting = L’appareil { $serial } n’a pas récupéré cette licence. Il ne la recevra pas et rien n’en est conservé.
licences-delete-delivered = L’appareil { $serial } a récupéré cette licence et peut continuer à l’utiliser. Son fichier est supprimé ici ; la date de livraison reste enregistrée.

licences-means-waiting = Le terminal en est averti à son prochain contact.
licences-means-fetched = Le terminal a récupéré le fichier et n’a pas encore dit qu’il l’avait pris en compte.
licences-means-confirmed = Le terminal a récupéré le fichier et a dit qu’il l’avait pris en compte.
licences-means-failed = Le terminal n’a pas pris en compte la licence.
licences-means-superseded = Une autre licence a pris sa place.
licences-means-deleted = Elle a été supprimée après sa livraison.

state-confirmed = Confirmée
state-superseded = Remplacée
state-deleted = Supprimée

said-licence-uploaded = La licence a été déposée.
said-licence-replaced = La licence est déposée et prend la place de la précédente.
said-licence-same = Cette licence est déjà là. Rien n’a été modifié.
said-licence-deleted = La licence est supprimée.
said-licence-sent-again = Le terminal est de nouveau averti de sa licence.

event-licence-uploaded = Licence déposée.
event-licence-fetched = Licence récupérée par le terminal.
event-licence-confirmed = Licence confirmée par le terminal.
event-licence-failed = Licence non prise en compte par le terminal.
event-licence-taken-back = L’envoi de la licence a été annulé.
event-licence-deleted = Licence supprimée.

panel-licence = Licence
work-kind-licence = Licence

error-licence-unknown = Cette licence n’existe pas. Elle a peut-être été supprimée.
error-licence-none = Ce terminal n’a pas cette licence.
error-licence-no-terminal = Aucun terminal ne porte ce TID. Saisissez le TID tel qu’il est enregistré.
error-licence-empty = Le fichier de licence est vide. Choisissez le fichier tel que le distributeur l’a émis.
error-licence-too-large = Le fichier de licence dépasse { $max } octets. Vérifiez qu’il s’agit bien d’une licence.
error-licence-file-name = Le nom du fichier manque ou dépasse 200 caractères. Renommez le fichier.
error-licence-no-file = Choisissez un fichier de licence.
error-licence-exists = Il existe déjà une licence pour ces numéro de série, plateforme et logiciel. Cochez cette case pour la remplacer.
error-licence-not-current = Cette licence a été remplacée ou supprimée entre-temps. Consultez la licence actuelle du terminal.
error-licence-nothing-to-send = Il n’y a rien à renvoyer : la livraison est en cours ou terminée.
error-licence-file-gone = Le fichier de cette licence n’est plus conservé : elle a été remplacée ou supprimée.
error-licence-bad-form = L’envoi s’est interrompu avant la fin. Envoyez de nouveau le formulaire.
error-licence-no-state = Il n’y a pas d’état de ce nom. Choisissez-en un dans la liste.

# Serial numbers, and what becomes of licences when devices change.
licences-serial = Numéro de série
licences-serial-hint = De l’appareil auquel la licence est destinée. Inutile si vous saisissez un TID.
licences-platform = Plateforme
licences-platform-hint = Par exemple android. Si le champ est vide, celle du modèle du terminal.
licences-software = Logiciel
licences-software-hint = Utile seulement si un terminal a des licences pour plusieurs logiciels.
licences-lic-id = Identifiant de licence
licences-lic-id-hint = Le numéro que le distributeur donne à la licence
licences-valid-from = Valable à partir du
licences-valid-until = Valable jusqu’au
licences-no-terminal = Aucun : aucun terminal ne porte ce numéro de série
licences-on-replacement = Licences de l’ancien appareil
licences-on-replacement-hint = Une licence est liée à un numéro de série. Les licences déposées pour le nouvel appareil passent en premier.
licences-on-replacement-move = Les transférer au nouvel appareil
licences-on-replacement-leave = Les laisser à l’ancien appareil
licences-means-unmatched = Aucun terminal ne porte ce numéro de série. La licence s’attachera d’elle-même dès qu’un terminal l’aura.
state-unmatched = Sans terminal
event-licence-attached = Une licence qui attendait cet appareil a été attachée.
event-licence-detached = Licence laissée à son appareil.
event-licence-rebound = Licence transférée au nouvel appareil.
error-licence-invalid = Certaines valeurs ne peuvent pas être acceptées.
error-licence-serial-form = Saisissez le numéro de série tel qu’il figure sur l’appareil : 64 caractères au plus, sans espace.
error-licence-word-form = Plus de 64 caractères, ou des caractères non imprimables.
error-licence-day-form = Saisissez la date sous la forme année-mois-jour, par exemple 2026-11-21.
error-licence-ends-before = Le dernier jour précède le premier.
error-licence-no-serial = Aucun terminal que vous pouvez voir ne porte le numéro de série { $serial }. Saisissez-le tel qu’il est enregistré.
error-licence-other-device = Un autre appareil est en service sous { $tid }. Vérifiez le numéro de série ou laissez-le vide.
error-licence-which = Le terminal a plusieurs licences et n’a pas dit laquelle il demande.

# Lists.
licences-numbers = Numéros
licences-numbers-find = Rechercher par numéro de série, plateforme et identifiant de licence
licences-numbers-none-text = N’importe quelle partie d’un numéro de série, d’une plateforme ou d’un identifiant suffit, sans égard à la casse. Moins de critères donnent plus de résultats.
licences-bare = Terminaux sans licence
licences-bare-none = Tous les terminaux ont une licence
licences-bare-none-text = Les terminaux en service sans licence apparaissent ici.
licences-since = Sans licence depuis
licences-expiring = Échéances
licences-soon = Bientôt échues
licences-expired = Échues
licences-within = { $n ->
    [one] Sous { $n } jour
   *[other] Sous { $n } jours
}
licences-forecast = Prévision par mois
licences-month = Mois
licences-ending = Licences échues
licences-share = Part du mois le plus chargé
licences-expiring-days = Échéance sous … jours
licences-ends-in = Échéance au mois de
licences-sha256 = SHA-256
error-licence-no-sort = Cet ordre n’existe pas. Choisissez l’un de ceux de la liste.
error-licence-month-form = Saisissez le mois sous la forme année-mois, par exemple 2027-03.
error-licence-days-form = Saisissez un nombre de jours, 3 660 au plus.
