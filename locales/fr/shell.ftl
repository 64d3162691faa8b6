# Le cadre de chaque page.
app-name = posfleet
app-description = Tient un parc de terminaux de paiement sous licence, sous surveillance et à jour.
skip-to-content = Aller au contenu
menu = Menu
main-navigation = Navigation principale
breadcrumb = Fil d’Ariane
search = Rechercher
search-everything = Rechercher des terminaux, numéros de série et établissements
search-hint = TID, série, nom
look = Langue et thème
language = Langue
theme = Thème
theme-auto = Comme sur cet appareil
theme-light = Clair
theme-dark = Sombre
account = Compte
sign-out = Se déconnecter
close = Fermer
more = Plus
yes = Oui
no = Non
terminal-time = heure du terminal
save = Enregistrer
cancel = Annuler
optional = (facultatif)
previous = Précédent
next = Suivant
pages = Pages
filters = Filtres
filter-remove = Retirer ce filtre
filters-clear = Tout effacer
copied = Copié
copy-what = Copier { $what }
updated = Mis à jour à
title-error = Erreur :
there-is-a-problem = Il y a un problème

nav-fleet = Parc
nav-watch = Surveillance
nav-monitoring = Supervision
nav-admin = Administration
nav-dashboard = Tableau de bord
nav-terminals = Terminaux
nav-network = Réseau
nav-licences = Licences
nav-about = À propos

keys-title = Raccourcis clavier
keys-search = Aller à la recherche
keys-help = Afficher cette liste
keys-on = Les raccourcis à une touche sont actifs

live-paused = Mises à jour en direct suspendues.
live-refresh = Actualiser
live-changed = Cette page a été mise à jour.
live-new = Nouveautés : { $n } ·
live-show = Afficher

# Compter et mesurer.
percent = { $n } %
pager-count = { $n ->
    [0] Aucun résultat
    [one] { $n } résultat
   *[other] { $n } résultats
}
pager-count-more = Plus de { $n } résultats
pager-range = { $from }–{ $to } sur { $n }
pager-range-more = { $from }–{ $to } sur plus de { $n }
count-terminals = { $n ->
    [one] { $n } terminal
   *[other] { $n } terminaux
}
bytes-b = { $n } o
bytes-kb = { $n } ko
bytes-mb = { $n } Mo
bytes-gb = { $n } Go
bytes-tb = { $n } To
ago-now = à l’instant
ago-minutes = { $n ->
    [one] il y a { $n } minute
   *[other] il y a { $n } minutes
}
ago-hours = { $n ->
    [one] il y a { $n } heure
   *[other] il y a { $n } heures
}
ago-days = { $n ->
    [one] il y a { $n } jour
   *[other] il y a { $n } jours
}
in-minutes = { $n ->
    [one] dans { $n } minute
   *[other] dans { $n } minutes
}
in-hours = { $n ->
    [one] dans { $n } heure
   *[other] dans { $n } heures
}
in-days = { $n ->
    [one] dans { $n } jour
   *[other] dans { $n } jours
}
lasting-seconds = { $n ->
    [one] { $n } seconde
   *[other] { $n } secondes
}
lasting-minutes = { $n ->
    [one] { $n } minute
   *[other] { $n } minutes
}
lasting-hours = { $n ->
    [one] { $n } heure
   *[other] { $n } heures
}
lasting-days = { $n ->
    [one] { $n } jour
   *[other] { $n } jours
}

# États : le mot à côté de la forme.
state-never = Jamais connecté
state-listening = À l’écoute
state-online = En ligne
state-late = En retard
state-disconnected = Hors réseau
state-clock-off = Horloge décalée
state-registered = Enregistré
state-active = Actif
state-suspended = Suspendu
state-retired = Retiré
state-disabled = Désactivé
state-waiting = En attente
state-held = Retenu
state-offered = Proposé
state-downloading = Téléchargement
state-installing = Installation
state-cancelling = Annulation en cours
state-done = Terminé
state-failed = Échec
state-refused = Refusé
state-expired = Expiré
state-cancelled = Annulé
state-open = Ouvert
state-closed = Fermé
state-none = Aucun
state-issued = Émis
state-used = Utilisé
state-dead = Bloqué
state-valid = Valide
state-revoked = Révoqué
state-delivered = Livré
state-fetched = Récupéré

# The languages that people are written to in.
language-en = Anglais
language-fr = Français
language-ru = Russe
