//! The holder's downloads: `/cohorts/{cohort}/certificate.pdf` and, for a badge wallet, `…/certificate.json`.

use actix_web::HttpResponse;
use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, LOCATION};
use actix_web::web::{Data, Path, block};
use anyhow::Context as _;
use serde_json::Value;

use super::{issued, path};
use crate::certificate::credential::{self, MEDIA_TYPE};
use crate::certificate::paper::{self, PaperError};
use crate::certificate::{Certificate, key};
use crate::platform::config::BaseUrl;
use crate::platform::db::{Conn, Db};
use crate::platform::web::{Answer, Ask, Error};

pub async fn pdf(ask: Ask, db: Data<Db>, cohort: Path<String>) -> Answer {
    let asked = ask.clone();
    let (place, certificate) = db.read(move |conn| issued(conn, &asked, &cohort)).await?;
    let base = ask.site.base_url.clone();
    // Not while a connection is held, for it takes some milliseconds.
    let written = block(move || paper::pdf(&certificate, &base)).await.context("writing a certificate")?;
    match written {
        Ok(bytes) => Ok(HttpResponse::Ok()
            .insert_header((CONTENT_TYPE, "application/pdf"))
            .insert_header((CONTENT_DISPOSITION, attachment(place.cohort.slug.as_str(), "pdf")))
            .body(bytes)),
        // The page says which, and what to do.
        Err(PaperError::Letters(_)) => {
            Ok(HttpResponse::SeeOther().insert_header((LOCATION, path(&place.cohort))).finish())
        }
        Err(broken) => Err(anyhow::Error::from(broken).into()),
    }
}

pub async fn credential(ask: Ask, db: Data<Db>, cohort: Path<String>) -> Answer {
    let base = ask.site.base_url.clone();
    let read = move |conn: &mut Conn| {
        let (place, certificate) = issued(conn, &ask, &cohort)?;
        Ok::<_, Error>((place.cohort.slug, signed(conn, &certificate, &base)?))
    };
    let (slug, document) = db.read(read).await?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, MEDIA_TYPE))
        .insert_header((CONTENT_DISPOSITION, attachment(slug.as_str(), "json")))
        .body(format!("{document:#}")))
}

/// One query.
pub(super) fn signed(conn: &mut Conn, certificate: &Certificate, base_url: &BaseUrl) -> Result<Value, Error> {
    let key = key::find(conn)?.context("there is no signing key")?;
    let document = credential::credential(certificate, base_url, &key);
    Ok(document.context("the credential holds what cannot be signed")?)
}

fn attachment(cohort: &str, ending: &str) -> String {
    format!("attachment; filename=\"{cohort}-certificate.{ending}\"")
}
