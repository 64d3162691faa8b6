//! The pages of `access`, which stands below what they are made with.
use crate::access::{self, Caller};
use crate::context::Ctx;
use crate::http::Failure;
use crate::lists::{ListPage, Lists};
use actix_web::HttpResponse;
use futures_util::future::LocalBoxFuture;
use serde_json::Value;

pub(super) struct Shell {
    pub(super) ctx: Ctx,
    pub(super) lists: Lists,
}

impl access::Shell for Shell {
    fn list<'a>(
        &'a self,
        caller: &'a Caller,
        list: &'static str,
        own: Value,
    ) -> LocalBoxFuture<'a, Result<Value, Failure>> {
        Box::pin(async move {
            let wish = ListPage::new(list, "");
            let data = self.lists.data(&self.ctx, caller, &wish, |_, _| Ok(own));
            data.await
        })
    }

    fn page(&self, caller: &Caller, template: &str, data: Value) -> Result<HttpResponse, Failure> {
        self.ctx.page(caller, template, data)
    }

    fn refused(
        &self,
        caller: &Caller,
        template: &str,
        data: Value,
        failure: Failure,
    ) -> Result<HttpResponse, Failure> {
        self.ctx.page_refused(caller, template, data, failure)
    }
}
