# Le tableau de bord.
dashboard-terminals = Terminaux
dashboard-listening = dont { $n } à l’écoute
dashboard-by-presence = Terminaux par connexion
dashboard-state = État
dashboard-share = Part
dashboard-total-caption = { $n ->
    [one] terminal
   *[other] terminaux
}
dashboard-empty = Aucun terminal pour l’instant
dashboard-empty-text = Enregistrez un terminal : il apparaît ici dès qu’il est connu.
dashboard-attention = À surveiller
dashboard-calm = Rien ne demande votre attention.
dashboard-latest = Derniers événements
dashboard-quiet = Il ne s’est encore rien passé.

# Les événements, tels que le tableau de bord et les historiques les racontent.
event-terminal-online = Le terminal est en ligne.
event-terminal-late = Le terminal est en retard.
event-terminal-disconnected = Le terminal n’a pas donné signe depuis un jour.
event-terminal-credential-revoked = L’accès du terminal a été révoqué.
event-work-assigned = Tâche attribuée : { $work }.
event-work-offered = Tâche proposée au terminal : { $work }.
event-work-downloading = Le terminal télécharge : { $work }.
event-work-installing = Le terminal installe : { $work }.
event-work-put-off = Le terminal réessaiera plus tard : { $work }.
event-work-cancelling = Tâche en cours d’annulation : { $work }.
event-work-done = Le terminal a confirmé : { $work }.
event-work-failed = Échec de la tâche : { $work }.
event-work-refused = Le terminal a refusé : { $work }.
event-work-expired = Tâche expirée : { $work }.
event-work-cancelled = Tâche annulée : { $work }.

# À propos.
about-title = À propos de ce serveur
about-version = Version
about-build = Compilation
about-schema = Schéma de la base de données
about-engine = Moteur de base de données
about-client = Plus ancien client de terminal accepté
about-changes = Nouveautés
about-changes-read = Lire la liste des changements (en anglais)
about-api = Pour les programmes
about-api-read = Description de l’API
about-licence = Licence
about-licence-text = Logiciel libre sous { $licence }.

# Les pages d’échec : le titre, puis que faire.
try-again = Réessayer
to-front-page = Vers le tableau de bord
failure-code = Code
failure-request = Requête
failure-400 = Cette requête est illisible
failure-400-advice = Revenez en arrière et réessayez. Si vous avez suivi un lien, il est peut-être incomplet.
failure-403 = Vous n’avez pas ce droit
failure-403-advice = Un administrateur peut changer ce que votre rôle permet.
failure-404 = Page introuvable
failure-404-advice = Vérifiez l’adresse. Ce que vous cherchez a peut-être disparu, ou appartient à un établissement que vous ne voyez pas.
failure-405 = Cette adresse ne fonctionne pas ainsi
failure-405-advice = Ouvrez plutôt la page depuis la navigation.
failure-409 = Autre chose est passé avant
failure-409-advice = Revenez en arrière, rechargez la page et regardez l’état actuel avant de réessayer.
failure-413 = C’est trop volumineux
failure-413-advice = Envoyez un fichier plus petit ou moins de texte.
failure-415 = Ce type de contenu n’est pas accepté
failure-415-advice = Utilisez le formulaire de la page.
failure-421 = Ce n’est pas le serveur voulu
failure-421-advice = Utilisez l’adresse que votre administrateur vous a donnée.
failure-422 = Quelque chose ne convient pas dans l’adresse ou le formulaire
failure-422-advice = Revenez en arrière et vérifiez la saisie.
failure-429 = Trop de requêtes
failure-429-advice = Attendez un peu, puis réessayez.
failure-500 = Le serveur a échoué
failure-500-advice = Vous n’y êtes pour rien. Réessayez ; si cela se répète, donnez le numéro de la requête à votre administrateur, le journal contient les détails.
failure-503 = Le serveur est occupé
failure-503-advice = Réessayez dans quelques secondes.
failure-other = Cela n’a pas marché
failure-other-advice = Revenez en arrière et réessayez.

error-views-render = La page n’a pas pu être préparée.
error-http-not-found = Il n’y a rien à cette adresse.
error-http-method-not-allowed = Cette adresse ne répond pas à cette méthode.
error-db-busy = Le serveur a trop à faire en ce moment. Réessayez dans quelques secondes.
error-db-disk-full = Le disque du serveur est plein. Prévenez votre administrateur.
error-db-zero-byte = Un texte qui contient un octet nul ne peut être ni enregistré ni recherché. Retirez-le.
error-db-fault = Le serveur a échoué. Son journal contient les détails sous le numéro de la requête.

# Recherche générale.
search-title = Recherche
search-results = Résultats pour « { $q } »
search-start = Rechercher dans le parc
search-start-text = Saisissez une partie d’un TID, d’un numéro de série, ou du nom ou du code d’un établissement ou d’un point de service.
search-nothing = Aucun résultat
search-nothing-text = Vérifiez l’orthographe, ou saisissez seulement une partie.
search-terminals = Terminaux
search-establishments = Établissements
search-points = Points de service
search-all = Tout afficher ({ $n })
search-all-more = Tout afficher (plus de { $n })
search-serial = N° de série
search-tid = TID
search-code = Code
search-name = Nom
search-connection = Connexion
search-establishment = Établissement
search-limited = La recherche porte seulement sur vos établissements.
search-no-terminals = Votre rôle ne donne pas accès aux terminaux : la recherche ne les couvre pas.
dashboard-approvals = Des demandes attendent votre décision
dashboard-late = Des terminaux sont en retard
