# Что не так с запросом ещё до его разбора сервером.
error-http-broken-json = Тело запроса — не JSON: { $why }
error-http-wrong-type = Значение в { $path } не подходит: { $why }
error-http-too-large = Отправленное больше { $limit ->
    [one] { $limit } байта
   *[other] { $limit } байт
} и не принято. Отправляйте меньшими частями.
error-http-unsupported-type = Этот адрес принимает только { $wanted }.
error-http-unsupported-encoding = Тело запроса может быть сжато только gzip или zstd.
error-http-broken-encoding = Сжатые данные повреждены. Отправьте их ещё раз.
error-http-truncated = Соединение оборвалось раньше, чем всё было получено. Отправьте ещё раз.
error-http-too-slow = Отправка заняла слишком много времени. Проверьте соединение и отправьте ещё раз.
error-http-bad-path = По этому адресу ничего нет.
error-http-bad-query = Часть адреса после «?» не удалось прочитать: { $why }
error-http-bad-form = Форму не удалось прочитать: { $why }. Обновите страницу и заполните её снова.
error-http-head-too-large = Заголовок запроса больше { $limit } байт. Удалите cookie этого сайта и повторите.
error-http-bad-host = Запрос должен называть ровно один узел.
error-http-unknown-host = Этот сервер не известен под именем «{ $host }». Используйте его настроенный адрес или попросите добавить имя в server.extra_hosts.
error-http-panicked = Сбой на сервере. Подробности — в его журнале под номером запроса.
