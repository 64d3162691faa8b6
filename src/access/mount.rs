//! The only way to mount a route: with what it needs. A route that declares nothing cannot exist,
//! and what the gate does not find in the table it refuses.
use super::model::{Needs, Surface};
use actix_web::http::Method;
use actix_web::{FromRequest, Handler, Responder, Route, guard, web};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// What one method of one path declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Declared {
    pub surface: Surface,
    pub needs: Needs,
}

type Build = Arc<dyn Fn() -> Route + Send + Sync>;

/// Collects routes while the composition root names the slices.
#[derive(Default, Clone)]
pub struct Mount {
    table: HashMap<String, HashMap<Method, Declared>>,
    build: BTreeMap<Place, Vec<Build>>,
}

/// Where a path stands among all paths, so that the first one to fit is the right one: the hot
/// surface first, then segment by segment fixed names before variables before "the rest". The
/// router and the gate then always agree on which route a request is for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Place(bool, Vec<(u8, &'static str)>, &'static str);

impl Place {
    fn of(surface: Surface, path: &'static str) -> Self {
        let rank = |segment: &'static str| match segment {
            rest if rest.contains(":.*}") => (2, rest),
            variable if variable.contains('{') => (1, ""),
            name => (0, name),
        };
        let segments = path.split('/').map(rank).collect();
        Self(surface != Surface::Terminal, segments, path)
    }
}

impl Mount {
    /// A page or form of the web UI.
    pub fn web<F, Args>(&mut self, method: Method, path: &'static str, needs: Needs, handler: F)
    where
        F: Handler<Args> + Send + Sync,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.add(Surface::Web, method, path, needs, handler);
    }

    /// An operation of the Management or Partner API.
    pub fn api<F, Args>(&mut self, method: Method, path: &'static str, needs: Needs, handler: F)
    where
        F: Handler<Args> + Send + Sync,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.add(Surface::Api, method, path, needs, handler);
    }

    /// An operation of the Terminal API.
    pub fn terminal<F, Args>(
        &mut self,
        method: Method,
        path: &'static str,
        needs: Needs,
        handler: F,
    ) where
        F: Handler<Args> + Send + Sync,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.add(Surface::Terminal, method, path, needs, handler);
    }

    fn add<F, Args>(
        &mut self,
        surface: Surface,
        method: Method,
        path: &'static str,
        needs: Needs,
        handler: F,
    ) where
        F: Handler<Args> + Send + Sync,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        let declared = Declared { surface, needs };
        let methods = self.table.entry(path.to_owned()).or_default();
        let before = methods.insert(method.clone(), declared);
        assert!(before.is_none(), "{method} {path} is mounted twice");
        let one_surface = methods.values().all(|other| other.surface == surface);
        assert!(one_surface, "{path} is mounted on two surfaces");
        if method == Method::GET {
            methods.entry(Method::HEAD).or_insert(declared);
        }
        let builds = self.build.entry(Place::of(surface, path)).or_default();
        builds.push(Arc::new(move || {
            let route = if method == Method::GET {
                web::route().guard(guard::Any(guard::Get()).or(guard::Head()))
            } else {
                web::method(method.clone())
            };
            route.to(handler.clone())
        }));
    }

    /// Every declared route, for the gate, the contract tests and the OpenAPI check.
    #[must_use]
    pub fn declared(&self) -> Vec<(Method, String, Declared)> {
        let mut all: Vec<_> = self
            .table
            .iter()
            .flat_map(|(path, methods)| {
                methods
                    .iter()
                    .map(move |(method, declared)| (method.clone(), path.clone(), *declared))
            })
            .collect();
        all.sort_by(|a, b| (&a.1, a.0.as_str()).cmp(&(&b.1, b.0.as_str())));
        all
    }

    /// What a matched pattern declared for a method: `Err` holds the methods it does know.
    #[must_use]
    pub fn find(&self, pattern: &str, method: &Method) -> Option<Result<Declared, Vec<Method>>> {
        let methods = self.table.get(pattern)?;
        Some(
            methods
                .get(method)
                .copied()
                .ok_or_else(|| methods.keys().cloned().collect()),
        )
    }

    /// Registers the collected routes with one worker's app.
    pub fn configure(&self, at: &mut web::ServiceConfig) {
        for (Place(.., path), builds) in &self.build {
            let resource = builds
                .iter()
                .fold(web::resource(*path), |at, build| at.route(build()));
            at.service(resource);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixed_name_stands_before_a_variable() {
        let paths = ["/a/{rest:.*}", "/a/{id}/edit", "/a/{id}", "/a/new", "/a"];
        let mut places: Vec<_> = paths.map(|p| Place::of(Surface::Web, p)).into();
        places.push(Place::of(Surface::Terminal, "/z"));
        places.sort();
        let order: Vec<_> = places.iter().map(|Place(.., path)| *path).collect();
        assert_eq!(
            order,
            [
                "/z",
                "/a",
                "/a/new",
                "/a/{id}",
                "/a/{id}/edit",
                "/a/{rest:.*}"
            ]
        );
    }
}
