# Logs that terminals send: of the exchange with the till (ECR) and with the payment host (POS).
logs-ecr = Journal de caisse (ECR)
logs-pos = Journal du terminal (POS)
logs-exchanges = Échanges
logs-files = Fichiers
logs-number = Journal
logs-till = Caisse
logs-day = Jour
logs-from = Du jour
logs-until = Au jour
logs-name = Nom sur le terminal
logs-format = Format
logs-encoding = Encodage
logs-state = État
logs-size = Taille
logs-stored = Taille compressée
logs-packed = { $size } compressés
logs-records = Enregistrements
logs-unread = Non lus
logs-unread-yes = Seulement avec des enregistrements illisibles
logs-scrubbed = Données masquées
logs-scrubbed-none = Rien
logs-scrubbed-of = Numéros de carte : { $pans_n }, pistes : { $tracks_n }, blocs PIN : { $pins_n }, cryptogrammes visuels : { $cvvs_n }
logs-pans = Numéros de carte masqués
logs-tracks = Pistes masquées
logs-pins = Blocs PIN masqués
logs-cvvs = Cryptogrammes visuels masqués
logs-changed = Dernière partie reçue
logs-begun = Première partie reçue
logs-about = À propos de ce journal
logs-coming = Ce journal n’est pas entier : le terminal continue de l’envoyer.
logs-ended = Ce journal ne grandit plus : son terminal a changé d’établissement ou d’appareil, a envoyé un autre fichier sous ce nom, ou a envoyé celui-ci plus longtemps que les journaux ne sont conservés. Ce qui est arrivé ensuite se trouve dans un autre journal.
logs-goes-on = { $n ->
    [one] Il continue un fichier dont { $n } octet se trouve dans d’autres journaux avant lui.
   *[other] Il continue un fichier dont { $n } octets se trouvent dans d’autres journaux avant lui.
}
logs-find = Chercher des journaux
logs-none = Aucun journal pour l’instant
logs-none-text = Les journaux s’affichent ici dès que des terminaux en envoient, d’eux-mêmes ou à la demande faite sur la page d’un terminal.
logs-none-found = Aucun journal ne correspond
logs-none-found-text = Retirez un filtre, ou demandez son journal au terminal.
logs-save-zip = Enregistrer en zip
logs-save-hint = Une archive contient au plus 500 journaux et 4 Go.
logs-save-gz = Enregistrer
logs-save-plain = Enregistrer décompressé
logs-search = Chercher dans ce journal
logs-search-hint = Un texte, majuscules ou non, ou des octets comme hex:04 0f. Cherchez une carte par ses quatre derniers chiffres.
logs-search-on = Continuer la recherche
logs-search-end = Revenir au journal
logs-found = { $n ->
    [0] Rien n’a été trouvé.
    [one] { $n } enregistrement trouvé.
   *[other] { $n } enregistrements trouvés.
}
logs-found-so-far = { $n ->
    [0] Rien n’a encore été trouvé ; recherche faite jusqu’à { $percent_n } % du journal.
    [one] { $n } enregistrement trouvé jusqu’ici ; recherche faite jusqu’à { $percent_n } % du journal.
   *[other] { $n } enregistrements trouvés jusqu’ici ; recherche faite jusqu’à { $percent_n } % du journal.
}
logs-nothing-found = Rien trouvé ici
logs-no-records = Aucun enregistrement ici
logs-no-records-text = Rien de ce journal n’est encore arrivé, ou cet endroit est au-delà de sa fin.
logs-go-record = Numéro d’enregistrement
logs-go-record-hint = De 1 à { $n }
logs-go-percent = Endroit dans le journal
logs-go-percent-hint = En pour cent ; 50 est le milieu
logs-go = Aller
logs-first = Début
logs-middle = Milieu
logs-last = Fin
logs-pages-below = Pages, sous les enregistrements
logs-record-here = L’enregistrement { $n } à sa place
logs-text = Texte de l’enregistrement
logs-raw = { $n ->
    [one] { $n } octet
   *[other] { $n } octets
}
logs-not-decoded = Non décodé
panel-logs = Journaux
logs-records-n = { $n ->
    [one] { $n } enregistrement
   *[other] { $n } enregistrements
}
logs-unread-n = { $n ->
    [one] { $n } non lu
   *[other] { $n } non lus
}
logs-all-of-terminal = Tous ceux de ce terminal
logs-none-of-terminal = Aucun pour l’instant.
logs-ask = Demander des journaux
logs-ask-kind = Quel journal
logs-ask-from-hint = Si aucun jour n’est indiqué, le terminal envoie tout ce qu’il conserve.
logs-ask-go = Demander au terminal
logs-asked = Demandes
logs-asked-at = Quand
logs-asked-by = Par
logs-asked-done = Réponse
logs-asked-came = Journaux reçus
logs-asked-nothing = Rien de nouveau
logs-asked-deleted = Supprimé depuis
logs-asked-more = tous
logs-keeping = Durée de conservation des journaux
logs-keeping-text = Un journal est supprimé quand rien ne s’y est ajouté pendant le nombre de jours fixé ; sans règle, { $n ->
    [one] { $n } jour
   *[other] { $n } jours
}.
logs-keeping-rules = Règles
logs-keeping-all = Tous ceux qui n’ont pas de règle à eux
logs-keeping-days = Jours
logs-keeping-confirm = Supprimer ce qui est plus ancien
logs-keeping-days-hint = De 1 à 3 650. Vide, la règle est retirée.
logs-keeping-whose-hint = Vide, pour tous ceux qui n’ont pas de règle à eux.
logs-keeping-set = Fixer une règle
logs-freed = Supprimés ces 30 derniers jours
logs-freed-logs = Journaux
logs-freed-bytes = Stockage libéré
logs-freed-none = Rien n’a été supprimé.
logs-freed-total = { $n ->
    [one] En tout { $n } journal de { $size }, qui a libéré { $freed }.
   *[other] En tout { $n } journaux de { $size }, qui ont libéré { $freed }.
}
logs-freed-more = { $n ->
    [one] { $n } ligne antérieure n’est pas affichée ; le total la comprend.
   *[other] { $n } lignes antérieures ne sont pas affichées ; le total les comprend.
}
state-coming = En cours d’envoi
state-whole = Entier
state-ended = Terminé
log-way-from-till = De la caisse au terminal
log-way-to-till = Du terminal à la caisse
log-way-to-host = Du terminal à l’hôte
log-way-from-host = De l’hôte au terminal
error-log-unknown = Ce journal n’existe pas.
error-log-day-form = Ce n’est pas un jour. Écrivez-le comme 2026-11-25.
error-log-no-such-format = Les journaux de ce genre n’ont pas ce format.
error-log-no-such-choice = Ce choix n’existe pas.
error-log-no-such-sort = Les journaux sont classés par jour seulement.
error-log-no-such-terminal = Ce terminal n’existe pas.
error-log-no-such-kind = Dites quels journaux : ecr ou pos.
error-log-no-number = Ce doit être un nombre.
error-log-no-hex = Écrivez les octets par paires de chiffres hexadécimaux, comme hex:04 0f.
error-log-search-too-long = Cherchez 200 caractères au plus.
error-log-no-card-numbers = Les numéros de carte ne sont pas conservés : il n’y en a aucun à trouver. Cherchez les quatre derniers chiffres.
error-log-shorter = Des journaux conservés jusqu’ici seront supprimés définitivement. Confirmez-le.
error-log-nothing-sought = Dites ce qu’il faut chercher.
error-log-none-chosen = Choisissez au moins un journal.
error-log-too-many-chosen = Une archive contient au plus 500 journaux et 4 Go. Choisissez-en moins.
error-log-narrow-search = Il faudrait parcourir trop de journaux pour cela. Restreignez la recherche, par terminal ou par jours.
