//! Codes as pictures.

use crate::DeskError;

/// A QR code of a text, as SVG.
pub(crate) fn svg(text: &str) -> Result<String, DeskError> {
    let code = qrcode::QrCode::new(text.as_bytes())
        .map_err(|error| DeskError::new("internal", format!("The code cannot be drawn: {error}.")))?;
    Ok(code
        .render::<qrcode::render::svg::Color<'_>>()
        .min_dimensions(200, 200)
        .build())
}
