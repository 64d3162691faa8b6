error-http-bad-cursor = This link into the list is no longer valid. Start again from the first page.
error-http-bad-page-size = Choose a page size from 1 to 200.
rows-per-page = Rows per page
list-past-end = Nothing more here
list-past-end-text = The list has become shorter since this link was made.
list-back = To the last page
