# Оболочка каждой страницы.
app-name = posfleet
app-description = Лицензии, наблюдение и обновления для парка платёжных терминалов.
skip-to-content = Перейти к содержимому
menu = Меню
main-navigation = Главное меню
breadcrumb = Навигационная цепочка
search = Найти
search-everything = Поиск терминалов, серийных номеров и предприятий
search-hint = TID, номер, название
look = Язык и тема
language = Язык
theme = Тема
theme-auto = Как на устройстве
theme-light = Светлая
theme-dark = Тёмная
account = Учётная запись
sign-out = Выйти
close = Закрыть
more = Ещё
yes = Да
no = Нет
terminal-time = время терминала
save = Сохранить
cancel = Отмена
optional = (необязательно)
previous = Назад
next = Далее
pages = Страницы
filters = Фильтры
filter-remove = Убрать этот фильтр
filters-clear = Сбросить все
copied = Скопировано
copy-what = Скопировать { $what }
updated = Обновлено в
title-error = Ошибка:
there-is-a-problem = Что-то не так

nav-fleet = Парк
nav-watch = Наблюдение
nav-monitoring = Мониторинг
nav-admin = Управление
nav-dashboard = Обзор
nav-terminals = Терминалы
nav-network = Сеть
nav-licences = Лицензии
nav-about = О программе

keys-title = Клавиши
keys-search = Перейти к поиску
keys-help = Показать этот список
keys-on = Одиночные клавиши включены

live-paused = Обновление приостановлено.
live-refresh = Обновить
live-changed = Страница обновлена.
live-new = Новых: { $n } ·
live-show = Показать

# Счёт и меры.
percent = { $n } %
pager-count = { $n ->
    [0] Ничего не найдено
    [one] { $n } результат
    [few] { $n } результата
   *[many] { $n } результатов
}
pager-count-more = Более { $n } результатов
pager-range = { $from }–{ $to } из { $n }
pager-range-more = { $from }–{ $to } из более чем { $n }
count-terminals = { $n ->
    [one] { $n } терминал
    [few] { $n } терминала
   *[many] { $n } терминалов
}
bytes-b = { $n } Б
bytes-kb = { $n } кБ
bytes-mb = { $n } МБ
bytes-gb = { $n } ГБ
bytes-tb = { $n } ТБ
ago-now = только что
ago-minutes = { $n ->
    [one] { $n } минуту назад
    [few] { $n } минуты назад
   *[many] { $n } минут назад
}
ago-hours = { $n ->
    [one] { $n } час назад
    [few] { $n } часа назад
   *[many] { $n } часов назад
}
ago-days = { $n ->
    [one] { $n } день назад
    [few] { $n } дня назад
   *[many] { $n } дней назад
}
in-minutes = { $n ->
    [one] через { $n } минуту
    [few] через { $n } минуты
   *[many] через { $n } минут
}
in-hours = { $n ->
    [one] через { $n } час
    [few] через { $n } часа
   *[many] через { $n } часов
}
in-days = { $n ->
    [one] через { $n } день
    [few] через { $n } дня
   *[many] через { $n } дней
}
lasting-seconds = { $n ->
    [one] { $n } секунда
    [few] { $n } секунды
   *[many] { $n } секунд
}
lasting-minutes = { $n ->
    [one] { $n } минута
    [few] { $n } минуты
   *[many] { $n } минут
}
lasting-hours = { $n ->
    [one] { $n } час
    [few] { $n } часа
   *[many] { $n } часов
}
lasting-days = { $n ->
    [one] { $n } день
    [few] { $n } дня
   *[many] { $n } дней
}

# Состояния: слово рядом с фигурой.
state-never = Не подключался
state-listening = Ожидает команд
state-online = На связи
state-late = Опаздывает
state-disconnected = Нет связи
state-clock-off = Часы расходятся
state-registered = Зарегистрирован
state-active = Действует
state-suspended = Приостановлен
state-retired = Списан
state-disabled = Отключён
state-waiting = Ожидает
state-held = Задержано
state-offered = Передано
state-downloading = Загружается
state-installing = Устанавливается
state-cancelling = Отменяется
state-done = Выполнено
state-failed = Ошибка
state-refused = Отклонено
state-expired = Срок истёк
state-cancelled = Отменено
state-open = Открыто
state-closed = Закрыто
state-none = Нет
state-issued = Выдан
state-used = Использован
state-dead = Заблокирован
state-valid = Действителен
state-revoked = Отозван
state-delivered = Доставлено
state-fetched = Получено

# The languages that people are written to in.
language-en = Английский
language-fr = Французский
language-ru = Русский
