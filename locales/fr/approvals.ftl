# Approbations : ce qu’une personne ne peut pas faire seule.
nav-approvals = Approbations
approval-one = Demande d’approbation
approval-what = Quoi
approval-size = Combien
approval-state = État
approval-any-state = Tous les états
approval-whose = Demandes de qui
approval-mine = Mes demandes
approval-everyones = Toutes les demandes
approval-by = Demandée par
approval-program = (client API)
approval-reason = Motif
approval-created = Demandée le
approval-expires = À décider avant le
approval-none-found = Aucune demande ne correspond
approval-show-all = Afficher toutes les demandes
approval-empty = Aucune demande
approval-empty-text = Ce qu’une personne ne peut pas faire seule se demande et se décide ici. Les demandes sont conservées un an après leur fin.
approval-waiting = à décider par vous
approval-task = Suivre la tâche
approval-withdraw = Retirer la demande
approval-asked-for = Ce qui est demandé
approval-decision = Décision
approval-decide-text = Si vous approuvez, l’action est exécutée aussitôt, au nom de { $by }. Votre nom est enregistré avec elle.
approval-remark = Remarque
approval-approve = Approuver
approval-why-not = Motif du refus
approval-reject = Rejeter
approval-own-text = C’est vous qui l’avez demandé : une autre personne doit décider. Vous pouvez retirer la demande d’ici là.
approval-waits-text = Personne n’a encore décidé.
approval-history = Historique
approval-was-requested = Demandée par { $by }
approval-was-approved = Approuvée par { $by }
approval-was-rejected = Rejetée par { $by }
approval-was-withdrawn = Retirée par { $by }
approval-was-expired = Expirée : personne n’a décidé à temps.

state-pending = À décider
state-approved = Approuvée
state-rejected = Rejetée
state-withdrawn = Retirée

said-approval-asked = La demande attend l’approbation d’une autre personne. Rien n’est fait d’ici là.
said-approval-approved = Vous avez approuvé la demande. Elle est en cours d’exécution.
said-approval-rejected = Vous avez rejeté la demande.
said-approval-withdrawn = Vous avez retiré la demande.

event-approval-requested = { $by } demande une approbation.
event-approval-approved = La demande de { $by } a été approuvée.
event-approval-rejected = La demande de { $by } a été rejetée.
event-approval-withdrawn = { $by } a retiré une demande d’approbation.
event-approval-expired = La demande de { $by } a expiré : personne n’a décidé à temps.

error-approval-unknown = Cette demande n’existe pas. Les demandes sont conservées un an après leur fin.
error-approval-no-kind = Ce serveur ne sait pas exécuter ce qui est demandé. La demande vient peut-être d’une version plus récente.
error-approval-ended = Cette demande a déjà été décidée ou retirée.
error-approval-expired = Cette demande a expiré : personne n’a décidé à temps. Si elle est encore utile, il faut la refaire.
error-approval-not-by-this = Seules les personnes et les clients API peuvent demander une approbation.
error-approval-not-by-a-program = Un client API ne peut rien approuver. Une personne doit le faire, sur la page de la demande.
error-approval-own = C’est vous qui l’avez demandé : une autre personne doit décider.
error-approval-own-program = Un client API l’a demandé, et vous avez créé un jeton pour lui. Une autre personne doit approuver.
error-approval-lacks-permission = Vous n’avez pas le droit de le faire vous-même, vous ne pouvez donc pas en décider.
error-approval-not-yours = Seul l’auteur d’une demande peut la retirer.
error-approval-requester-gone = Le compte à l’origine de la demande a été désactivé : elle ne peut pas être approuvée. Vous pouvez la rejeter.
error-approval-requester-lacks = L’auteur de la demande n’a plus le droit de le faire : elle ne peut pas être approuvée. Vous pouvez la rejeter.
error-approval-requester-narrowed = L’auteur de la demande ne voit plus tous les établissements concernés : elle ne peut pas être approuvée. Vous pouvez la rejeter.
error-approval-reason-form = Donnez un motif, en { $n } caractères au plus.
error-approval-remark-form = Saisissez au plus { $n } caractères.
error-approval-file-gone = La liste de ce qui a été choisi a attendu trop longtemps et n’existe plus. Choisissez de nouveau.
error-approval-no-state = Aucun état ne porte ce nom. Choisissez-en un dans la liste.

permission-approvals-view = Voir les demandes d’approbation
permission-approvals-decide = Approuver ou rejeter ce que d’autres demandent, si l’on peut le faire soi-même

settings-governance = Seconde personne
settings-governance-text = Ce qu’une personne ne peut pas faire seule. Une autre personne qui en a aussi le droit doit d’abord l’approuver.
settings-governance-bulk-above = Demander une seconde personne au-delà de ce nombre de terminaux (0 = jamais)
settings-governance-bulk-above-hint = Avec 0, une personne peut agir sur n’importe quel nombre de terminaux. Avec 100, une action sur 101 terminaux ou plus demande une approbation.
settings-governance-hours = Heures avant l’expiration d’une demande
settings-governance-hours-hint = De 1 heure à 30 jours (720). Les demandes en attente gardent leur délai.

terminals-bulk-second = { $n ->
    [one] Une action sur plus de { $n } terminal demande l’approbation d’une autre personne.
   *[other] Une action sur plus de { $n } terminaux demande l’approbation d’une autre personne.
}
terminals-bulk-reason-hint = La personne qui décide le lit, et il est conservé dans le journal d’audit.
terminals-bulk-ask = Demander une approbation
terminals-bulk-frozen = Ce sont les terminaux choisis au moment de la demande ; aucun n’est ajouté. Ceux qui ne correspondent plus au filtre ou qui ont changé d’établissement sont laissés de côté.
terminals-bulk-move-n = { $n ->
    [one] Déplacer { $n } terminal
   *[other] Déplacer { $n } terminaux
}
terminals-bulk-set-interval-n = { $n ->
    [one] Régler l’intervalle de connexion de { $n } terminal
   *[other] Régler l’intervalle de connexion de { $n } terminaux
}
terminals-bulk-tag-n = { $n ->
    [one] Ajouter une étiquette à { $n } terminal
   *[other] Ajouter une étiquette à { $n } terminaux
}
terminals-bulk-untag-n = { $n ->
    [one] Retirer une étiquette de { $n } terminal
   *[other] Retirer une étiquette de { $n } terminaux
}
terminals-bulk-suspend-n = { $n ->
    [one] Suspendre { $n } terminal
   *[other] Suspendre { $n } terminaux
}
terminals-bulk-resume-n = { $n ->
    [one] Rétablir { $n } terminal
   *[other] Rétablir { $n } terminaux
}
terminals-bulk-retire-n = { $n ->
    [one] Retirer du service { $n } terminal
   *[other] Retirer du service { $n } terminaux
}
