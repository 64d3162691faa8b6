# Таблицы в файлах.

error-sheet-too-long = Строка { $row } длиннее { $max } байт. Причиной может быть незакрытая кавычка.
error-sheet-too-many-fields = В строке { $row } больше { $max } значений. Возможно, разделитель другой.
error-sheet-not-text = Это не текстовый файл. Сохраните таблицу в формате CSV.
error-sheet-unknown-encoding = Кодировку файла распознать не удалось. Выберите её или сохраните файл в UTF-8.
error-sheet-no-such-encoding = Кодировки { $encoding } нет. Выберите из списка.
error-sheet-broken-text = Строка { $row } не в кодировке { $encoding }. Сохраните файл в UTF-8.
error-sheet-no-header = В файле нет заголовка. Первая строка называет столбцы.
error-sheet-no-rows = Под заголовком файла нет строк.
error-sheet-column-missing = В заголовке не хватает: { $columns }. Назовите столбцы так, как они указаны на этой странице.
error-sheet-column-twice = Столбец указан в заголовке дважды: { $columns }. Удалите один из двух.
error-sheet-too-many-rows = В книге не больше 1 048 575 строк. Возьмите CSV или сузьте список.
error-sheet-workbook = Не удалось записать книгу. Попробуйте ещё раз.
