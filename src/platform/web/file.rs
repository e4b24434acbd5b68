//! A file to download that is made for it: written whole before anything of it leaves, so that whoever takes it slowly holds
//! a file, and neither a thread nor a connection to the database.

use std::fs::File;
use std::io::{Error, Read as _, Result, Seek as _, SeekFrom};

use actix_web::body::{BoxBody, SizedStream};
use actix_web::web::{Bytes, block};
use anyhow::Context as _;
use futures_util::stream::try_unfold;

use crate::platform::db::{Conn, Db};

/// Bytes in a piece.
const PIECE: usize = 64 * 1024;

/// What `write` writes, as the body of an answer that tells its length: one that breaks off is noticed. The file has no name,
/// so it is gone with whoever holds it.
pub async fn written(
    db: &Db,
    write: impl FnOnce(&mut Conn, &mut File) -> anyhow::Result<()> + Send + 'static,
) -> anyhow::Result<BoxBody> {
    let made = db.report(move |conn| {
        let mut file = tempfile::tempfile().context("making a file to download")?;
        write(conn, &mut file)?;
        let length = file.stream_position()?;
        file.seek(SeekFrom::Start(0))?;
        Ok::<_, anyhow::Error>((file, length))
    });
    let (file, length) = made.await?;
    Ok(BoxBody::new(SizedStream::new(length, try_unfold(file, next))))
}

/// The next piece, and what is left; None: that was all.
async fn next(file: File) -> Result<Option<(Bytes, File)>> {
    let (piece, file) = block(move || read(file)).await.map_err(Error::other)??;
    Ok((!piece.is_empty()).then_some((piece, file)))
}

fn read(mut file: File) -> Result<(Bytes, File)> {
    let mut piece = vec![0; PIECE];
    let length = file.read(&mut piece)?;
    piece.truncate(length);
    Ok((piece.into(), file))
}
