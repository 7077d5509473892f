//! Back into a practice of which nothing is left but the relay and two parts of the recovery kit.

use std::sync::Arc;

use clinic::{PersonId, PracticeId, WorkstationId};
use sync::invitation::{CannotJoin, InvitationCode};
use sync::wire::RefusalCode;

use crate::DeskError;
use crate::api::RestoreFromKit;
use crate::clock::Clock;
use crate::commands::relay::bad_relay;
use crate::desk::Desk;
use crate::desk::joining::Newcomer;
use crate::desk::kit::{kit_refused, read_pair};
use crate::identity::{Identity, random};
use crate::opening::{self, ASK_PATIENCE, Beginning, JOIN_PATIENCE, OpenWith};

pub(crate) fn restore_from_kit(
    with: &OpenWith<'_>,
    request: &RestoreFromKit,
) -> Result<Arc<Desk>, DeskError> {
    let person_name = opening::name(&request.person, "person", "Your name")?;
    let workstation_name = opening::name(&request.workstation, "workstation", "This workstation’s name")?;
    if with.dir.has_practice() {
        return Err(opening::practice_exists(with.dir));
    }
    let pair = read_pair(&request.first, &request.second)?;
    let relay = request.relay.trim();
    InvitationCode::new(relay, random()).map_err(|error| bad_relay(&error))?;
    let answer =
        crate::syncing::ask_once(relay, pair.ask(), ASK_PATIENCE).map_err(|error| error.field("relay"))?;
    let welcome = pair.answer(&answer).map_err(|error| match error {
        CannotJoin::Refused(refusal) if refusal.code == RefusalCode::NoParcel => kit_refused(format_args!(
            "the relay knows nothing of kit {}: it was renewed or used since, or this is another relay",
            pair.kit_name()
        )),
        other => kit_refused(other),
    })?;
    let now = with.now();
    let ids = &with.options.ids;
    let identity = Identity::joining(
        PracticeId::from_bytes(welcome.practice.0),
        WorkstationId(ids.next(now)),
        PersonId(ids.next(now)),
        welcome.keys.clone(),
    );
    let introduction = identity.introduction(person_name, workstation_name)?;
    let beginning = Beginning::start(with)?;
    let (store, key) = beginning.create(&identity, request.passphrase.as_deref())?;
    let desk = beginning.finish(store, &key, Clock::System, |desk| {
        let newcomer = Newcomer::restoring(person_name, workstation_name);
        desk.begin_joining(relay, welcome.founder, &newcomer)?;
        desk.come_in_with(&pair, welcome.seen, introduction)
    })?;
    desk.finish_joining(JOIN_PATIENCE)?;
    desk.looked("restore_from_kit", pair.kit_name(), Vec::new());
    desk.write_looks();
    Ok(desk)
}
