# Monitoring: what terminals report, and the fleet shared out by it.
monitoring-status = Состояние
monitoring-analysis = Анализ
monitoring-versions = Версии
monitoring-battery = Батарея
monitoring-paper = Бумага
monitoring-paper-ok = Достаточно
monitoring-paper-low = Заканчивается
monitoring-paper-out = Закончилась
monitoring-clock = Часы
monitoring-offset = Расхождение часов (секунды)
monitoring-drift = Расхождения
monitoring-drift-model = Другая модель
monitoring-drift-serial = Другой серийный номер
monitoring-drift-parameters = Другие параметры
monitoring-drift-licence = Лицензия ещё не действует
monitoring-drift-clock = Часы расходятся
monitoring-told = Последнее состояние
monitoring-empty-text = Здесь показано всё, что терминалы сообщают о себе.
monitoring-by = Разбивка по признаку
monitoring-by-model = Модель
monitoring-by-platform = Платформа
monitoring-by-version = Версия
monitoring-by-connectivity = Связь
monitoring-by-update = Обновление
monitoring-by-licence = Лицензия
monitoring-by-point = Точка обслуживания
monitoring-by-action = Последнее действие
monitoring-by-error = Ошибка
monitoring-by-clock = Часы
monitoring-component = Компонент
monitoring-no-version = Не сообщается
monitoring-value = Значение
monitoring-label = Расшифровка
monitoring-beside = Прочие, не на этой странице
monitoring-larger = Более крупные доли
monitoring-smaller = Более мелкие доли
error-monitoring-invalid = Некоторые значения недопустимы.
error-monitoring-no-such-property = По этому признаку парк не разбить.
panel-history = История состояния
monitoring-changed = Что изменилось
monitoring-path = Что
monitoring-old = Было
monitoring-new = Стало
monitoring-nothing = ничего
monitoring-no-changes = Изменений пока нет
monitoring-no-changes-text = Здесь хранятся изменения того, что сообщает терминал. Одни лишь заряд, сигнал, свободное место и ожидающие офлайн-операции изменением не считаются.
monitoring-others = Остальные
monitoring-summed = Остальные, хранятся одной суммой
# Days: what the fleet came to.
monitoring-days = По дням
monitoring-day = День
monitoring-period = Сколько дней показано
monitoring-last-days = { $n ->
    [one] { $n } день
    [few] { $n } дня
   *[other] { $n } дней
}
monitoring-days-table = То же в таблице
monitoring-days-hint = Дни по UTC, каждый — каким он закончился; текущий — на данный момент. Выберите день, чтобы увидеть его распределение.
monitoring-days-none = За эти дни ещё ничего не сохранено. Состояние парка записывается каждый час.
monitoring-as-on = По состоянию на конец дня { $day } (UTC).
monitoring-as-now = Показать текущее состояние
error-monitoring-no-such-day = Это не дата, или этот день ещё не наступил. Укажите её в виде 2026-11-25.
error-monitoring-not-offered = Выберите 7, 30, 90 или 365 дней.
monitoring-more-changes = Ещё { $n ->
    [one] { $n } изменение
    [few] { $n } изменения
   *[other] { $n } изменений
}
error-monitoring-no-such-period = Выберите первый день не позже последнего и не более 366 дней.
error-monitoring-not-kept = Этот признак не хранится по дням. Выберите другой признак или не указывайте день.
error-monitoring-day-narrowed = Данные по дням хранятся для всего парка и для каждого предприятия. Сбросьте остальные фильтры.
