error-http-bad-cursor = This link into the list is no longer valid. Start again from the first page.
error-http-bad-page-size = Choose a page size from 1 to 200.
