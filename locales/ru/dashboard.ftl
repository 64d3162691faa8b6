# Обзор.
dashboard-terminals = Терминалы
dashboard-listening = из них ожидают команд: { $n }
dashboard-by-presence = Терминалы по состоянию связи
dashboard-state = Состояние
dashboard-share = Доля
dashboard-total-caption = { $n ->
    [one] терминал
    [few] терминала
   *[many] терминалов
}
dashboard-empty = Терминалов пока нет
dashboard-empty-text = Зарегистрируйте терминал — он сразу появится здесь.
dashboard-attention = Требует внимания
dashboard-calm = Ничто не требует вашего внимания.
dashboard-latest = Последние события
dashboard-quiet = Пока ничего не произошло.

# События, как о них рассказывают обзор и история.
event-terminal-online = Терминал вышел на связь.
event-terminal-late = Терминал опаздывает.
event-terminal-disconnected = Терминал не выходил на связь сутки.
event-terminal-credential-revoked = Доступ терминала отозван.
event-work-assigned = Назначено задание: { $work }.
event-work-offered = Задание передано терминалу: { $work }.
event-work-downloading = Терминал загружает: { $work }.
event-work-installing = Терминал устанавливает: { $work }.
event-work-put-off = Терминал повторит позже: { $work }.
event-work-cancelling = Задание отменяется: { $work }.
event-work-done = Терминал подтвердил: { $work }.
event-work-failed = Задание не выполнено: { $work }.
event-work-refused = Терминал отклонил: { $work }.
event-work-expired = Срок задания истёк: { $work }.
event-work-cancelled = Задание отменено: { $work }.

# О программе.
about-title = Об этом сервере
about-version = Версия
about-build = Сборка
about-schema = Схема базы данных
about-engine = СУБД
about-client = Самая старая поддерживаемая версия клиента
about-changes = Что изменилось
about-changes-read = Читать список изменений (на английском)
about-api = Для программ
about-api-read = Описание API
about-licence = Лицензия
about-licence-text = Открытое программное обеспечение, лицензия { $licence }.

# Страницы ошибок: заголовок и что делать.
try-again = Повторить
to-front-page = К обзору
failure-code = Код
failure-request = Запрос
failure-400 = Запрос не удалось прочитать
failure-400-advice = Вернитесь и попробуйте ещё раз. Если вы перешли по ссылке, возможно, она неполная.
failure-403 = У вас нет на это права
failure-403-advice = Что позволяет ваша роль, может изменить администратор.
failure-404 = Страница не найдена
failure-404-advice = Проверьте адрес. Возможно, того, что вы ищете, больше нет или оно относится к предприятию, которого вы не видите.
failure-405 = Этот адрес так не работает
failure-405-advice = Откройте страницу через меню.
failure-409 = Вас опередило другое изменение
failure-409-advice = Вернитесь, обновите страницу и посмотрите текущее состояние, прежде чем пробовать снова.
failure-413 = Слишком большой объём
failure-413-advice = Отправьте файл поменьше или меньше текста.
failure-415 = Такое содержимое не принимается
failure-415-advice = Воспользуйтесь формой на странице.
failure-421 = Это не тот сервер
failure-421-advice = Используйте адрес, который вам дал администратор.
failure-422 = Что-то в адресе или форме не подходит
failure-422-advice = Вернитесь и проверьте введённое.
failure-429 = Слишком много запросов
failure-429-advice = Подождите немного и попробуйте снова.
failure-500 = Сбой сервера
failure-500-advice = Это не ваша вина. Попробуйте снова; если повторится, сообщите администратору номер запроса — подробности есть в журнале.
failure-503 = Сервер занят
failure-503-advice = Повторите через несколько секунд.
failure-other = Не получилось
failure-other-advice = Вернитесь и попробуйте снова.

error-views-render = Страницу не удалось подготовить.
error-http-not-found = По этому адресу ничего нет.
error-http-method-not-allowed = Этот адрес не отвечает на такой метод.
error-db-busy = Сервер сейчас слишком занят. Повторите через несколько секунд.
error-db-disk-full = Диск сервера заполнен. Сообщите администратору.
error-db-zero-byte = Текст с нулевым байтом нельзя ни сохранить, ни искать. Уберите его.
error-db-fault = Сбой сервера. Подробности — в его журнале под номером запроса.

# Общий поиск.
search-title = Поиск
search-results = Найдено по запросу «{ $q }»
search-start = Поиск по парку
search-start-text = Введите любую часть TID, серийного номера либо названия или кода предприятия или торговой точки.
search-nothing = Ничего не найдено
search-nothing-text = Проверьте написание или введите только часть.
search-terminals = Терминалы
search-establishments = Предприятия
search-points = Торговые точки
search-all = Показать все ({ $n })
search-all-more = Показать все (более { $n })
search-serial = Серийный номер
search-tid = TID
search-code = Код
search-name = Название
search-connection = Связь
search-establishment = Предприятие
search-limited = Поиск идёт только по вашим предприятиям.
search-no-terminals = Ваша роль не показывает терминалы, поэтому поиск их не охватывает.
dashboard-approvals = Запросы ждут вашего решения
dashboard-late = Терминалы опаздывают
