# Logs that terminals send: of the exchange with the till (ECR) and with the payment host (POS).
logs-ecr = Журнал кассы (ECR)
logs-pos = Журнал терминала (POS)
logs-exchanges = Обмены
logs-files = Файлы
logs-number = Журнал
logs-till = Касса
logs-day = День
logs-from = С дня
logs-until = По день
logs-name = Имя на терминале
logs-format = Формат
logs-encoding = Кодировка
logs-state = Состояние
logs-size = Размер
logs-stored = Размер в сжатом виде
logs-packed = { $size } в сжатом виде
logs-records = Записи
logs-unread = Не прочитано
logs-unread-yes = Только с непрочитанными записями
logs-scrubbed = Скрыто
logs-scrubbed-none = Ничего
logs-scrubbed-of = Номера карт: { $pans_n }, дорожки: { $tracks_n }, ПИН-блоки: { $pins_n }, проверочные коды: { $cvvs_n }
logs-pans = Скрыто номеров карт
logs-tracks = Скрыто дорожек
logs-pins = Скрыто ПИН-блоков
logs-cvvs = Скрыто проверочных кодов
logs-changed = Последняя часть получена
logs-begun = Первая часть получена
logs-about = Об этом журнале
logs-coming = Журнал ещё не полон: терминал продолжает его передавать.
logs-ended = Этот журнал больше не растёт: терминал переведён в другое заведение или получил другое устройство, передал под этим именем другой файл или передавал этот дольше срока хранения. Пришедшее позже стоит в другом журнале.
logs-goes-on = { $n ->
    [one] Продолжает файл, от которого { $n } байт стоит в других журналах до него.
    [few] Продолжает файл, от которого { $n } байта стоят в других журналах до него.
   *[other] Продолжает файл, от которого { $n } байт стоят в других журналах до него.
}
logs-find = Найти журналы
logs-none = Журналов пока нет
logs-none-text = Журналы появляются здесь, как только терминалы их пришлют: сами или по запросу со страницы терминала.
logs-none-found = Подходящих журналов нет
logs-none-found-text = Снимите фильтр или запросите журнал у терминала.
logs-save-zip = Сохранить в zip
logs-save-hint = В архив помещается до 500 журналов и до 4 ГБ.
logs-save-gz = Сохранить
logs-save-plain = Сохранить без сжатия
logs-search = Искать в этом журнале
logs-search-hint = Текст в любом регистре или байты, например hex:04 0f. Карту ищите по последним четырём цифрам.
logs-search-on = Искать дальше
logs-search-end = Назад к журналу
logs-found = { $n ->
    [0] Ничего не найдено.
    [one] Найдена { $n } запись.
    [few] Найдены { $n } записи.
   *[other] Найдено { $n } записей.
}
logs-found-so-far = { $n ->
    [0] Пока ничего не найдено; просмотрено { $percent_n } % журнала.
    [one] Пока найдена { $n } запись; просмотрено { $percent_n } % журнала.
    [few] Пока найдены { $n } записи; просмотрено { $percent_n } % журнала.
   *[other] Пока найдено { $n } записей; просмотрено { $percent_n } % журнала.
}
logs-nothing-found = Здесь ничего не найдено
logs-no-records = Здесь нет записей
logs-no-records-text = Из этого журнала ещё ничего не пришло, или это место лежит за его концом.
logs-go-record = Номер записи
logs-go-record-hint = От 1 до { $n }
logs-go-percent = Место в журнале
logs-go-percent-hint = В процентах; 50 — середина
logs-go = Перейти
logs-first = В начало
logs-middle = Середина
logs-last = В конец
logs-pages-below = Страницы под записями
logs-record-here = Запись { $n } на своём месте
logs-text = Текст записи
logs-raw = { $n ->
    [one] { $n } байт
    [few] { $n } байта
   *[other] { $n } байт
}
logs-not-decoded = Не расшифровано
panel-logs = Журналы
logs-records-n = { $n ->
    [one] { $n } запись
    [few] { $n } записи
   *[other] { $n } записей
}
logs-unread-n = не прочитано: { $n }
logs-all-of-terminal = Все журналы этого терминала
logs-none-of-terminal = Пока нет.
logs-ask = Запросить журналы
logs-ask-kind = Какой журнал
logs-ask-from-hint = Если дни не указаны, терминал пришлёт всё, что хранит.
logs-ask-go = Запросить у терминала
logs-asked = Запросы
logs-asked-at = Когда
logs-asked-by = Кто
logs-asked-done = Ответ
logs-asked-came = Что пришло
logs-asked-nothing = Ничего нового
logs-asked-deleted = С тех пор удалено
logs-asked-more = все
logs-keeping = Сколько хранятся журналы
logs-keeping-text = Журнал удаляется, когда в него столько дней ничего не добавлялось; без правила — { $n ->
    [one] { $n } день
    [few] { $n } дня
   *[other] { $n } дней
}.
logs-keeping-rules = Правила
logs-keeping-all = Все, у кого нет своего правила
logs-keeping-days = Дней
logs-keeping-confirm = Удалить то, что старше
logs-keeping-days-hint = От 1 до 3650. Пусто — правило отменяется.
logs-keeping-whose-hint = Пусто — для всех, у кого нет своего правила.
logs-keeping-set = Задать правило
logs-freed = Удалено за последние 30 дней
logs-freed-logs = Журналов
logs-freed-bytes = Освобождено места
logs-freed-none = Ничего не удалялось.
logs-freed-total = { $n ->
    [one] Всего { $n } журнал объёмом { $size }, освобождено { $freed }.
    [few] Всего { $n } журнала объёмом { $size }, освобождено { $freed }.
   *[other] Всего { $n } журналов объёмом { $size }, освобождено { $freed }.
}
logs-freed-more = { $n ->
    [one] Ещё { $n } более ранняя строка не показана; в сумме она учтена.
    [few] Ещё { $n } более ранние строки не показаны; в сумме они учтены.
   *[other] Ещё { $n } более ранних строк не показано; в сумме они учтены.
}
state-coming = Передаётся
state-whole = Получен полностью
state-ended = Завершён
log-way-from-till = От кассы терминалу
log-way-to-till = От терминала кассе
log-way-to-host = От терминала хосту
log-way-from-host = От хоста терминалу
error-log-unknown = Такого журнала нет.
error-log-day-form = Это не день. Напишите его так: 2026-11-25.
error-log-no-such-format = У журналов этого вида нет такого формата.
error-log-no-such-choice = Такого варианта нет.
error-log-no-such-sort = Журналы упорядочены только по дням.
error-log-no-such-terminal = Такого терминала нет.
error-log-no-such-kind = Укажите, какие журналы: ecr или pos.
error-log-no-number = Здесь должно быть число.
error-log-no-hex = Пишите байты парами шестнадцатеричных цифр, например hex:04 0f.
error-log-search-too-long = Ищите не больше 200 знаков.
error-log-no-card-numbers = Номера карт не хранятся, искать их негде. Ищите по последним четырём цифрам.
error-log-shorter = Журналы, которые сейчас хранятся, будут удалены навсегда. Подтвердите это.
error-log-nothing-sought = Укажите, что искать.
error-log-none-chosen = Выберите хотя бы один журнал.
error-log-too-many-chosen = В архив помещается до 500 журналов и до 4 ГБ. Выберите меньше.
error-log-narrow-search = Для этого пришлось бы просмотреть слишком много журналов. Сузьте поиск: по терминалу или по дням.
