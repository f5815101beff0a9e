//! `caretaker blueprint`: whether the functions would start with one, and how one looks.

use std::path::Path;

use domain::blueprint::Blueprint;
use serde_json::json;

use crate::event_file::load;
use crate::exit::{CliError, Exit, Report};
use crate::paint::{Paint, Tone, cell, table};

/// Checks the blueprint of `file`.
///
/// # Errors
/// It cannot be read, or is refused with file, key and reason.
pub fn check(file: &Path, paint: Paint) -> Result<Report, CliError> {
    let blueprint = Blueprint::load(&file.display().to_string(), &load(file)?)?;
    let name = &blueprint.name;
    let resources: Vec<_> = blueprint.tenant.resources.iter().map(|resource| json!({ "id": resource.id, "kind": resource.kind })).collect();
    let tiers: serde_json::Map<_, _> =
        blueprint.tiers.keys().map(|tier| (tier.clone(), json!(blueprint.monthly_usd(Some(tier), |_| true)))).collect();
    Ok(Report {
        text: render(&blueprint, paint),
        json: json!({ "accepted": true, "name": name, "resources": resources, "monthlyUsdByTier": tiers }),
        exit: Exit::Done,
    })
}

/// The JSON schema of blueprints.
pub fn schema() -> Report {
    let json = domain::blueprint::schema();
    Report { text: format!("{json:#}\n"), json, exit: Exit::Done }
}

/// The blueprint in a line, its resources and its tiers.
fn render(blueprint: &Blueprint, paint: Paint) -> String {
    let resources: Vec<_> = blueprint
        .tenant
        .resources
        .iter()
        .map(|resource| {
            let data = if resource.protects_data { "holds data" } else { "" };
            vec![cell(&*resource.id.0), cell(&*resource.kind), cell(&*resource.name), cell(data)]
        })
        .collect();
    let tiers: String = blueprint
        .tiers
        .keys()
        .map(|tier| format!("  tier {tier}: {:.2} USD a month\n", blueprint.monthly_usd(Some(tier), |_| true)))
        .collect();
    let title = paint.tone(Tone::Good, "accepted");
    format!("blueprint {}: {title}\n{}{tiers}", blueprint.name, table(paint, "  ", &["RESOURCE", "KIND", "NAME", ""], &resources))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_blueprint_is_accepted() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../blueprints/mate.toml");
        let report = check(&file, Paint::PLAIN).unwrap();
        assert!(report.text.starts_with("blueprint mate: accepted\n") && report.json["accepted"] == json!(true), "{}", report.text);
    }

    #[test]
    fn a_file_that_is_not_there_is_told_from_one_that_is_refused() {
        let missing = check(Path::new("/nowhere/x.toml"), Paint::PLAIN).unwrap_err();
        assert_eq!(missing.exit(), Exit::NotFound);
        let cargo = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
        let refused = check(&cargo, Paint::PLAIN).unwrap_err();
        assert!(refused.exit() == Exit::NotAsWished && refused.line().contains("Cargo.toml is refused at"), "{}", refused.line());
    }
}
