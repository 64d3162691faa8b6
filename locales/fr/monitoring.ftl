# Monitoring: what terminals report, and the fleet shared out by it.
monitoring-status = État
monitoring-analysis = Analyse
monitoring-versions = Versions
monitoring-battery = Batterie
monitoring-paper = Papier
monitoring-paper-ok = Suffisant
monitoring-paper-low = Bientôt épuisé
monitoring-paper-out = Épuisé
monitoring-clock = Horloge
monitoring-offset = Décalage de l’horloge (secondes)
monitoring-drift = Écarts
monitoring-drift-model = Autre modèle
monitoring-drift-serial = Autre numéro de série
monitoring-drift-parameters = Autres paramètres
monitoring-drift-licence = Licence pas encore en service
monitoring-drift-clock = Horloge décalée
monitoring-told = Dernier état
monitoring-empty-text = Tout ce que les terminaux signalent d’eux-mêmes s’affiche ici.
monitoring-by = Répartition par
monitoring-by-model = Modèle
monitoring-by-platform = Plateforme
monitoring-by-version = Version
monitoring-by-connectivity = Connexion
monitoring-by-update = Mise à jour
monitoring-by-licence = Licence
monitoring-by-point = Point de service
monitoring-by-action = Dernière action
monitoring-by-error = Erreur
monitoring-by-clock = Horloge
monitoring-component = Composant
monitoring-no-version = Non signalée
monitoring-value = Valeur
monitoring-label = Signification
monitoring-beside = Autres, hors de cette page
monitoring-larger = Parts plus grandes
monitoring-smaller = Parts plus petites
error-monitoring-invalid = Certaines valeurs ne peuvent pas être acceptées.
error-monitoring-no-such-property = Le parc ne peut pas être réparti ainsi.
panel-history = Historique de l’état
monitoring-changed = Ce qui a changé
monitoring-path = Élément
monitoring-old = Avant
monitoring-new = Après
monitoring-nothing = rien
monitoring-no-changes = Aucun changement pour l’instant
monitoring-no-changes-text = Les changements de ce que ce terminal signale sont conservés ici. La batterie, le signal, l’espace libre et les transactions hors ligne en attente, seuls, ne comptent pas.
monitoring-others = Autres
monitoring-summed = Autres, conservés en une seule somme
# Days: what the fleet came to.
monitoring-days = Jour par jour
monitoring-day = Jour
monitoring-period = Jours affichés
monitoring-last-days = { $n ->
    [one] { $n } jour
   *[other] { $n } jours
}
monitoring-days-table = Les mêmes chiffres en tableau
monitoring-days-hint = Jours en UTC, tels qu’ils se sont terminés ; le jour en cours, jusqu’ici. Choisissez un jour pour voir sa répartition.
monitoring-days-none = Rien n’est encore conservé de ces jours. L’état du parc est relevé toutes les heures.
monitoring-as-on = Tel qu’à la fin du { $day } (UTC).
monitoring-as-now = Afficher l’état actuel
error-monitoring-no-such-day = Ce n’est pas un jour, ou il est encore à venir. Écrivez-le ainsi : 2026-11-25.
error-monitoring-not-offered = Choisissez 7, 30, 90 ou 365 jours.
monitoring-more-changes = { $n ->
    [one] { $n } autre changement
   *[other] { $n } autres changements
}
error-monitoring-no-such-period = Choisissez un premier jour qui ne suive pas le dernier, et 366 jours au plus.
error-monitoring-not-kept = Cette propriété n’est pas conservée jour par jour. Choisissez-en une autre, ou aucun jour.
error-monitoring-day-narrowed = Les jours sont conservés pour le parc entier et pour chaque établissement. Retirez les autres filtres.
