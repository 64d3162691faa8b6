# Ce que font et entendent les terminaux : activation, contact, travail.

# Refusé par l’API des terminaux.
error-terminal-not-activated = Ce terminal n’est pas activé.
error-terminal-credential-revoked = L’accès de ce terminal a été révoqué. Activez-le de nouveau.
error-terminal-suspended = Ce terminal est suspendu.
error-terminal-retired = Ce terminal est retiré du service.
error-terminal-activation-refused = Le terminal n’a pas pu être activé avec ce TID, ce numéro de série et ce code.
error-terminal-already-activated = Un autre appareil est actif sous ce terminal. Confirmez pour prendre sa place.
error-terminal-too-many-tries = Trop d’essais infructueux. Patientez un peu.
error-terminal-too-often = Ce terminal envoie trop de requêtes. Patientez un instant.
error-terminal-bad-status = Une valeur de l’état ne convient pas à { $path } : { $why }
error-terminal-status-too-large = L’état est plus volumineux ou plus imbriqué que permis.
error-terminal-bad-field = { $field } manque ou dépasse { $limit } caractères.
error-terminal-bad-progress = La progression est un nombre de 0 à 100.
error-terminal-certificate-expired = Le certificat de cette connexion a expiré entre-temps.
error-terminal-certificate-not-confirmed = Ce certificat n’a pas encore été confirmé.
error-terminal-no-certificates = Aucun point d’écoute de ce serveur ne demande de certificat. Activez sans « csr ».
error-terminal-key-taken = Cette clé est ou a été celle d’un terminal. Générez-en une nouvelle.
error-terminal-csr-too-large = La demande de certificat est trop volumineuse.
error-terminal-csr-unreadable = Ce n’est pas une demande de certificat (PKCS #10) au format PEM.
error-terminal-csr-weak-key = Une clé RSA compte de 2 048 à 4 096 bits.
error-terminal-csr-unknown-key = La clé doit être ECDSA sur P-256 ou P-384, Ed25519 ou RSA.
error-terminal-csr-wrong-signature = La demande n’est pas signée avec sa propre clé, ou l’est avec SHA-1.

# Refusé à la création d’un code d’activation.
error-activation-no-terminal = Ce terminal n’existe pas.
error-activation-suspended = Le terminal est suspendu. Rétablissez-le d’abord.
error-activation-retired = Le terminal est retiré du service.

# Refusé au sujet du travail.
error-work-no-terminal = Ce terminal n’existe pas.
error-work-terminal-retired = Le terminal est retiré du service et ne reçoit plus de travail.
error-work-unknown = Ce terminal n’a pas de travail portant ce numéro.
error-work-not-open = Ce travail est déjà terminé ({ $state }).
error-work-bad-transition = Un travail à l’état { $from } ne peut pas passer à { $said }.
error-work-numbers-spent = Les numéros de travail du terminal sont épuisés.

# Événements que le tableau de bord ne nomme pas.
event-terminal-activated = Le terminal a été activé.
event-terminal-certificate-renewed = Le certificat du terminal a été renouvelé.
event-terminal-code-died = Le code d’activation est mort après trois essais infructueux.
event-work-due = Le travail peut reprendre : { $work }.
event-work-timed-out = Le terminal a trop tardé ; il sera sollicité de nouveau : { $work }.

# Pourquoi un terminal a été refusé, pour ses opérateurs.
refusal-terminal-not-activated = Ni jeton ni certificat, ou un accès que personne n’a jamais détenu
refusal-terminal-credential-revoked = Accès révoqué : un autre appareil, ou un appareil à réactiver
refusal-terminal-certificate-not-confirmed = Nouveau certificat que le terminal n’a pas confirmé
refusal-terminal-suspended = Le terminal est suspendu
refusal-terminal-retired = Le terminal est retiré du service
refusal-activation-no-code = Activation sans qu’un code ait été créé
refusal-activation-wrong-serial = Activation avec un autre numéro de série
refusal-activation-wrong-code = Activation avec un code erroné
refusal-activation-dead-code = Activation avec un code expiré, déjà utilisé, ou mort après trois échecs

# Codes d’activation et jetons.
credential-revoked-operator = Révoqué par un opérateur
credential-revoked-reactivated = Remplacé par une autre activation
credential-revoked-replaced = L’appareil a été remplacé
credential-revoked-retired = Le terminal a été retiré du service
credential-revoked-renewed = Le terminal a renouvelé son certificat
credential-kind-token = Jeton
credential-kind-certificate = Certificat

# Comment un travail s’est terminé, quand c’est le serveur qui l’a décidé.
work-code-work-replaced = Remplacé par un travail plus récent
work-code-work-taken-back = Repris
work-code-work-timed-out = Pas de réponse du terminal à temps

# Les travaux propres aux terminaux.
work-kind-certificate = Renouvellement du certificat

# Le catalogue des dernières actions ; le reste est affiché tel quel.
action-terminal-refresh = Actualisation du terminal
action-fuel-rates-refresh = Actualisation des tarifs carburant du jour
action-offline-card-upload = Envoi des cartes hors ligne
action-online-card-transaction = Transaction par carte en ligne
action-ticket-blocklist-check = Vérification des tickets bloqués
action-offline-transaction-one-by-one = Transactions hors ligne une à une
action-info = Information
