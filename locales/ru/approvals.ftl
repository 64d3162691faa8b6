# Согласования: то, что нельзя сделать в одиночку.
nav-approvals = Согласования
approval-one = Запрос на согласование
approval-what = Что
approval-size = Сколько
approval-state = Состояние
approval-any-state = Любое состояние
approval-whose = Чьи запросы
approval-mine = Мои запросы
approval-everyones = Все запросы
approval-by = Кто запросил
approval-program = (клиент API)
approval-reason = Причина
approval-created = Запрошено
approval-expires = Решить до
approval-none-found = Подходящих запросов нет
approval-show-all = Показать все запросы
approval-empty = Запросов нет
approval-empty-text = То, что нельзя сделать в одиночку, запрашивается и решается здесь. Запросы хранятся год после завершения.
approval-waiting = ждут вашего решения
approval-task = Следить за заданием
approval-withdraw = Отозвать
approval-asked-for = О чём запрос
approval-decision = Решение
approval-decide-text = Если вы согласуете, всё будет выполнено сразу, от имени { $by }. Ваше имя будет записано вместе с этим.
approval-remark = Замечание
approval-approve = Согласовать
approval-why-not = Причина отказа
approval-reject = Отклонить
approval-own-text = Это ваш запрос, поэтому решать должен другой человек. До тех пор его можно отозвать.
approval-waits-text = Решения пока нет.
approval-history = История
approval-was-requested = Запрошено: { $by }
approval-was-approved = Согласовано: { $by }
approval-was-rejected = Отклонено: { $by }
approval-was-withdrawn = Отозвано: { $by }
approval-was-expired = Срок истёк: никто не успел решить.

state-pending = Ждёт решения
state-approved = Согласовано
state-rejected = Отклонено
state-withdrawn = Отозвано

said-approval-asked = Запрос ждёт согласования другим человеком. До тех пор ничего не делается.
said-approval-approved = Запрос согласован. Он выполняется.
said-approval-rejected = Запрос отклонён.
said-approval-withdrawn = Запрос отозван.

event-approval-requested = { $by } просит согласования.
event-approval-approved = Запрос согласован. Кто просил: { $by }.
event-approval-rejected = Запрос отклонён. Кто просил: { $by }.
event-approval-withdrawn = Запрос отозван. Кто просил: { $by }.
event-approval-expired = Срок запроса истёк: никто не успел решить. Кто просил: { $by }.

error-approval-unknown = Такого запроса нет. Запросы хранятся год после завершения.
error-approval-no-kind = Этот сервер не умеет делать то, о чём запрос. Возможно, он из более новой версии.
error-approval-ended = По этому запросу уже есть решение, или он отозван.
error-approval-expired = Срок запроса истёк: никто не успел решить. Если это ещё нужно, запросите снова.
error-approval-not-by-this = Просить согласования могут только люди и клиенты API.
error-approval-not-by-a-program = Клиент API ничего не может согласовать. Это делает человек на странице запроса.
error-approval-own = Это ваш запрос, поэтому решать должен другой человек.
error-approval-own-program = Это запросил клиент API, токен которому создали вы. Согласовать должен другой человек.
error-approval-lacks-permission = У вас самих нет права это делать, поэтому решать об этом вы не можете.
error-approval-not-yours = Отозвать запрос может только тот, кто его сделал.
error-approval-requester-gone = Учётная запись того, кто это запросил, отключена, поэтому согласовать нельзя. Запрос можно отклонить.
error-approval-requester-lacks = Тот, кто это запросил, больше не имеет на это права, поэтому согласовать нельзя. Запрос можно отклонить.
error-approval-requester-narrowed = Тот, кто это запросил, больше не видит всех предприятий, которых это касается, поэтому согласовать нельзя. Запрос можно отклонить.
error-approval-reason-form = Укажите причину, не длиннее { $n } знаков.
error-approval-remark-form = Введите не больше { $n } знаков.
error-approval-file-gone = Список выбранного ждал слишком долго и удалён. Выберите заново.
error-approval-no-state = Состояния с таким названием нет. Выберите из списка.

permission-approvals-view = Видеть запросы на согласование
permission-approvals-decide = Согласовывать или отклонять чужие запросы о том, на что есть собственное право

settings-governance = Второй человек
settings-governance-text = То, что нельзя сделать в одиночку. Сначала это должен согласовать другой человек, который тоже имеет на это право.
settings-governance-bulk-above = Спрашивать второго человека, если терминалов больше (0 — никогда)
settings-governance-bulk-above-hint = При 0 один человек может действовать с любым числом терминалов. При 100 для действия со 101 терминалом и более нужно согласование.
settings-governance-hours = Через сколько часов истекает запрос
settings-governance-hours-hint = От 1 часа до 30 дней (720). У запросов, которые уже ждут, срок не меняется.

terminals-bulk-second = { $n ->
    [one] Для действия более чем с { $n } терминалом нужно согласование другого человека.
    [few] Для действия более чем с { $n } терминалами нужно согласование другого человека.
   *[other] Для действия более чем с { $n } терминалами нужно согласование другого человека.
}
terminals-bulk-reason-hint = Её прочтёт тот, кто решает; она останется в журнале аудита.
terminals-bulk-ask = Запросить согласование
terminals-bulk-frozen = Это терминалы, выбранные в момент запроса; новые не добавляются. Те, что больше не подходят под фильтр или перешли к другому предприятию, не затрагиваются.
terminals-bulk-move-n = { $n ->
    [one] Переместить { $n } терминал
    [few] Переместить { $n } терминала
   *[other] Переместить { $n } терминалов
}
terminals-bulk-set-interval-n = { $n ->
    [one] Задать интервал связи { $n } терминалу
    [few] Задать интервал связи { $n } терминалам
   *[other] Задать интервал связи { $n } терминалам
}
terminals-bulk-tag-n = { $n ->
    [one] Добавить метку { $n } терминалу
    [few] Добавить метку { $n } терминалам
   *[other] Добавить метку { $n } терминалам
}
terminals-bulk-untag-n = { $n ->
    [one] Снять метку с { $n } терминала
    [few] Снять метку с { $n } терминалов
   *[other] Снять метку с { $n } терминалов
}
terminals-bulk-suspend-n = { $n ->
    [one] Приостановить { $n } терминал
    [few] Приостановить { $n } терминала
   *[other] Приостановить { $n } терминалов
}
terminals-bulk-resume-n = { $n ->
    [one] Возобновить { $n } терминал
    [few] Возобновить { $n } терминала
   *[other] Возобновить { $n } терминалов
}
terminals-bulk-retire-n = { $n ->
    [one] Списать { $n } терминал
    [few] Списать { $n } терминала
   *[other] Списать { $n } терминалов
}
