# Tâches : travaux longs que quelqu’un a demandés.
nav-tasks = Tâches
task-one = Tâche
task-about = Fichier ou liste
task-whose = Tâches de qui
task-mine = Mes tâches
task-everyones = Les tâches de tous
task-state = État
task-any-state = Tous les états
task-by = Demandée par
task-created = Demandée le
task-started = Commencée le
task-ended = Terminée le
task-progress = Avancement
task-rows-done = Lignes traitées
task-unchanged = Inchangées
task-fetch = Télécharger le fichier
task-cancel = Annuler
task-continue = Reprendre
task-rows = Lignes
task-all-rows = Toutes
task-row = Ligne
task-subject = Objet
task-outcome = Résultat
task-code = Code
task-message = Message
task-rows-file = Télécharger ces lignes en CSV
task-no-such-rows = Aucune ligne n’a ce résultat.
task-none-found = Aucune tâche ne correspond
task-show-mine = Afficher mes tâches
task-empty = Aucune tâche pour l’instant
task-empty-text = Un import, un export ou une action sur de nombreux terminaux s’exécute en arrière-plan et se suit ici. Les tâches sont conservées une semaine après leur fin.

state-queued = En attente
state-running = En cours
state-same = Inchangé
state-skipped = Laissé de côté

said-task-cancelled = La tâche a été annulée. Ce qu’elle avait fait reste fait.
said-task-continued = La tâche reprend là où elle s’était arrêtée.

event-task-started = Une tâche a commencé.
event-task-ended = Une tâche s’est terminée.

error-task-unknown = Cette tâche n’existe pas. Les tâches sont conservées une semaine après leur fin.
error-task-overtaken = La tâche a avancé entre-temps. Consultez-la de nouveau.
error-task-ended = La tâche est déjà terminée.
error-task-nothing-to-continue = Seule une tâche en échec ou annulée peut être reprise.
error-task-followed-already = C’est déjà fait. Cherchez-la parmi les tâches.
error-task-no-longer-allowed = La personne qui a demandé cette tâche n’en a plus le droit : la tâche a été arrêtée.
error-task-no-kind = Ce serveur ne sait pas exécuter cette tâche. Elle vient peut-être d’une version plus récente.
error-task-no-file = La tâche n’a aucun fichier à télécharger.
error-task-file-gone = Un fichier a attendu trop longtemps et n’existe plus. Recommencez.
error-task-no-state = Aucun état ne porte ce nom. Choisissez-en un dans la liste.
error-task-no-outcome = Aucun résultat ne porte ce nom. Choisissez-en un dans la liste.
