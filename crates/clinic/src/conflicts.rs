//! Overlaps that exist: two visits that want the same operatory, doctor time, patient or piece of equipment. Facts, derived the
//! same way on every workstation; nothing is dropped and nobody is moved.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::booking::Author;
use crate::equipment::uses_of;
use crate::hours::Span;
use crate::placement::overlap;
use crate::{
    AcceptedConflict, Appointment, AppointmentId, AppointmentType, Change, ConflictKey, Entity, EquipmentId,
    LocationId, Op, OperatoryId, PatientId, Plan, Policy, ProviderId, Roster, Rule, Violation,
};

/// What two visits both want.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum ConflictKind {
    Operatory,
    DoctorTime,
    Patient,
    /// A piece of some equipment, when there are not enough.
    Equipment,
}

impl ConflictKind {
    pub const ALL: [ConflictKind; 4] = [
        ConflictKind::Operatory,
        ConflictKind::DoctorTime,
        ConflictKind::Patient,
        ConflictKind::Equipment,
    ];

    pub fn code(self) -> &'static str {
        match self {
            ConflictKind::Operatory => "operatory",
            ConflictKind::DoctorTime => "doctor_time",
            ConflictKind::Patient => "patient",
            ConflictKind::Equipment => "equipment",
        }
    }

    /// Of several things that two visits both want, the heaviest is what people are asked about: whoever decides
    /// about the chair has decided about the doctor beside it, too.
    pub fn weight(self) -> u8 {
        match self {
            ConflictKind::Operatory => 3,
            ConflictKind::Patient => 2,
            ConflictKind::DoctorTime => 1,
            ConflictKind::Equipment => 0,
        }
    }

    pub fn rule(self) -> Rule {
        match self {
            ConflictKind::Operatory => Rule::OperatoryOverlap,
            ConflictKind::DoctorTime => Rule::DoctorTimeOverlap,
            ConflictKind::Patient => Rule::PatientOverlap,
            ConflictKind::Equipment => Rule::Equipment,
        }
    }

    /// The overlap that breaking a rule makes, if it makes one.
    pub fn of(violation: &Violation) -> Option<ConflictKind> {
        match violation {
            Violation::OperatoryTaken { .. } => Some(ConflictKind::Operatory),
            Violation::DoctorTaken { .. } => Some(ConflictKind::DoctorTime),
            Violation::PatientElsewhere { .. } => Some(ConflictKind::Patient),
            Violation::EquipmentTaken { .. } => Some(ConflictKind::Equipment),
            _ => None,
        }
    }
}

impl ConflictKey {
    /// The overlap of two visits, in either order: `operatory:<lower id>:<higher id>`.
    pub fn new(kind: ConflictKind, a: AppointmentId, b: AppointmentId) -> Self {
        ConflictKey(format!("{}:{}:{}", kind.code(), a.min(b), a.max(b)))
    }

    /// The kind and both visits, lower id first; `None` if the text is not such a key.
    pub fn parts(&self) -> Option<(ConflictKind, [AppointmentId; 2])> {
        let mut parts = self.0.split(':');
        let (kind, a, b) = (parts.next()?, parts.next()?, parts.next()?);
        let kind = ConflictKind::ALL.into_iter().find(|known| known.code() == kind)?;
        parts
            .next()
            .is_none()
            .then_some((kind, [a.parse().ok()?, b.parse().ok()?]))
    }
}

/// Two visits that cannot both be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    pub key: ConflictKey,
    pub kind: ConflictKind,
    /// Lower id first.
    pub appointments: [AppointmentId; 2],
    /// Booked first (ties by id): keeps its place until a person decides.
    pub winner: AppointmentId,
    /// The first to the last minute that both want.
    pub from: Timestamp,
    pub until: Timestamp,
}

/// Every overlap among `appointments` that no decision covers, by kind and ids. The order of the input does not
/// matter; visits that take no time do not count; kinds whose rule the practice allows are not mentioned. Two visits
/// are one question, however many things both want: see [`ConflictKind::weight`].
pub fn find(roster: &Roster, appointments: &[Appointment], accepted: &[AcceptedConflict]) -> Vec<Conflict> {
    let visits: Vec<&Appointment> = appointments.iter().filter(|visit| visit.takes_time()).collect();
    let mut found = Found::new(accepted);
    for kind in kinds(roster) {
        let mut groups: HashMap<u128, Vec<(Span, usize)>> = HashMap::new();
        for (index, visit) in visits.iter().enumerate() {
            for (resource, span) in claims(kind, visit) {
                groups.entry(resource).or_default().push((span, index));
            }
        }
        for mut group in groups.into_values() {
            sweep(&mut group, |a, b, shared| {
                found.note(kind, visits[a], visits[b], shared)
            });
        }
    }
    too_few(roster, &visits, &mut found);
    found.list()
}

/// The overlaps of one visit with `others`: what must be looked at again after it changed. Not those about equipment, in which
/// third visits have a say: [`find`] over everybody who uses some at the location tells them.
pub fn involving(
    roster: &Roster,
    visit: &Appointment,
    others: &[Appointment],
    accepted: &[AcceptedConflict],
) -> Vec<Conflict> {
    let mut found = Found::new(accepted);
    if !visit.takes_time() {
        return Vec::new();
    }
    for kind in kinds(roster) {
        for other in others.iter().filter(|other| other.takes_time()) {
            if let Some(shared) = shared_time(kind, visit, other) {
                found.note(kind, visit, other, shared);
            }
        }
    }
    found.list()
}

/// A decision to let two visits stand although they overlap, for the times that they have now.
pub fn keep_both(
    kind: ConflictKind,
    a: &Appointment,
    b: &Appointment,
    reason: &str,
    author: &Author,
) -> AcceptedConflict {
    let (first, second) = if a.id <= b.id { (a, b) } else { (b, a) };
    AcceptedConflict {
        key: ConflictKey::new(kind, a.id, b.id),
        patient: first.patient,
        appointments: [first.id, second.id],
        times: [span_of(first), span_of(second)],
        reason: reason.to_owned(),
        by: author.person,
        at: author.at,
    }
}

/// Whether one of these decisions lets both visits stand at the very times that they have, as far as they want this of each other: about
/// this kind, or about a heavier one.
pub fn is_let_stand(
    decisions: &[AcceptedConflict],
    kind: ConflictKind,
    a: &Appointment,
    b: &Appointment,
) -> bool {
    let (first, second) = if a.id <= b.id { (a, b) } else { (b, a) };
    let times = [span_of(first), span_of(second)];
    ConflictKind::ALL
        .into_iter()
        .filter(|heavier| heavier.weight() >= kind.weight())
        .map(|heavier| ConflictKey::new(heavier, first.id, second.id))
        .any(|key| {
            decisions
                .iter()
                .any(|decision| decision.key == key && decision.times == times)
        })
}

/// *Keep both* on a conflict card. `earlier` is the decision about the same pair that is there already, if
/// any. The reason must not be empty.
pub fn keep_both_plan(
    kind: ConflictKind,
    (a, b): (&Appointment, &Appointment),
    reason: &str,
    earlier: Option<&AcceptedConflict>,
    author: &Author,
) -> Result<Plan, crate::Invalid> {
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(crate::Invalid::new(
            "reason",
            "Say why both visits stand; the reason is kept in the history.",
        ));
    }
    crate::Invalid::too_long("reason", "The reason", reason, crate::MAX_REASON_CHARS)?;
    let decision = keep_both(kind, a, b, reason, author);
    let change = match earlier {
        Some(earlier) => Change::edit(earlier.clone(), decision),
        None => Change::add(decision),
    };
    Ok(Plan::new(Op::ResolveConflict, vec![change]))
}

/// Something that can be wanted twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Resource {
    Operatory(OperatoryId),
    Provider(ProviderId),
    Patient(PatientId),
}

/// A stretch of something's time in which overlaps may have come or gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bucket {
    pub resource: Resource,
    pub from: Timestamp,
    pub until: Timestamp,
}

/// A stretch of a location's time in which visits use other equipment than before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Shared {
    pub location: LocationId,
    pub from: Timestamp,
    pub until: Timestamp,
}

/// Where overlaps must be derived again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Affected {
    /// Sorted, without repetition.
    pub buckets: Vec<Bucket>,
    /// Pairs about which a decision came or went.
    pub pairs: Vec<ConflictKey>,
    /// Sorted, without repetition.
    pub equipment: Vec<Shared>,
    /// The practice's rules changed, or what equipment there is: all of them.
    pub everything: bool,
}

/// Where overlaps may have come or gone by these changes.
pub fn affected(changes: &[Change]) -> Affected {
    let mut affected = Affected::default();
    for change in changes {
        match (&change.before, &change.after) {
            (Some(Entity::Practice(before)), Some(Entity::Practice(after))) => {
                affected.everything |= before.policies != after.policies;
            }
            (None, Some(Entity::Practice(_))) => affected.everything = true,
            (before, Some(Entity::Equipment(after))) => {
                affected.everything |= !matches!(before, Some(Entity::Equipment(before))
                    if (&before.counts, before.is_active) == (&after.counts, after.is_active));
            }
            (Some(Entity::AppointmentType(before)), Some(Entity::AppointmentType(after))) => {
                let own = |kind: &AppointmentType| kind.policies.0.get(&Rule::Equipment).copied();
                affected.everything |= own(before) != own(after);
            }
            (Some(Entity::Appointment(before)), Some(Entity::Appointment(after)))
                if same_claims(before, after) => {}
            (before, after) => {
                for entity in [before, after].into_iter().flatten() {
                    match entity {
                        Entity::Appointment(visit) if visit.takes_time() => {
                            let (from, until) = span_of(visit);
                            let resources = [
                                Resource::Operatory(visit.operatory),
                                Resource::Provider(visit.provider),
                                Resource::Patient(visit.patient),
                            ];
                            let second = visit.second_provider.map(Resource::Provider);
                            affected
                                .buckets
                                .extend(resources.into_iter().chain(second).map(|resource| Bucket {
                                    resource,
                                    from,
                                    until,
                                }));
                            if !visit.equipment.is_empty() {
                                affected.equipment.push(Shared {
                                    location: visit.location,
                                    from,
                                    until,
                                });
                            }
                        }
                        Entity::AcceptedConflict(decision) => affected.pairs.push(decision.key.clone()),
                        _ => {}
                    }
                }
            }
        }
    }
    affected.buckets.sort_unstable();
    affected.buckets.dedup();
    affected.equipment.sort_unstable();
    affected.equipment.dedup();
    affected.pairs.sort_unstable();
    affected.pairs.dedup();
    affected
}

/// Whether two states of a visit want the same time of the same things and are as old.
fn same_claims(a: &Appointment, b: &Appointment) -> bool {
    a.takes_time() == b.takes_time()
        && a.operatory == b.operatory
        && a.provider == b.provider
        && a.patient == b.patient
        && a.pattern == b.pattern
        && a.booked == b.booked
        && a.starts_at.instant() == b.starts_at.instant()
        && a.equipment == b.equipment
        && a.second_provider == b.second_provider
        && a.second_pattern == b.second_pattern
        && (a.equipment.is_empty() || a.appointment_type == b.appointment_type)
}

/// What two visits cannot both have, whoever else is there.
fn kinds(roster: &Roster) -> impl Iterator<Item = ConflictKind> + '_ {
    [
        ConflictKind::Operatory,
        ConflictKind::DoctorTime,
        ConflictKind::Patient,
    ]
    .into_iter()
    .filter(|kind| roster.practice.policies.of(kind.rule()) != Policy::Allow)
}

/// What of this kind a visit wants, and when.
fn claims(kind: ConflictKind, visit: &Appointment) -> Vec<(u128, Span)> {
    match kind {
        ConflictKind::Operatory => vec![(visit.operatory.0, span_of(visit))],
        ConflictKind::DoctorTime => visit.doctor_time().map(|(id, span)| (id.0, span)).collect(),
        ConflictKind::Patient => vec![(visit.patient.0, span_of(visit))],
        // How many may have it at once is asked of all of them together.
        ConflictKind::Equipment => Vec::new(),
    }
}

/// The equipment that two visits use at the same time, by id.
pub fn wanted_by_both(a: &Appointment, b: &Appointment) -> Vec<EquipmentId> {
    let mut both: Vec<EquipmentId> = uses_of(a)
        .filter(|(id, span)| uses_of(b).any(|(other, their_span)| *id == other && overlap(*span, their_span)))
        .map(|(id, _)| id)
        .collect();
    both.sort_unstable();
    both.dedup();
    both
}

/// Where visits use more pieces than their location has. Whoever was booked first has a piece; each of those who come after the
/// last one is asked about together with whoever has that last piece, so that each card frees one piece, whichever of its two visits
/// goes. Two visits that a person let stand both share one. Visits of a type that may do without asking come after all others, and are
/// not asked about. Where there is no piece at all no other visit is in the way: that is said when a visit is placed there.
fn too_few(roster: &Roster, visits: &[&Appointment], found: &mut Found<'_>) {
    let mut users: BTreeMap<(LocationId, EquipmentId), Vec<(Span, usize)>> = BTreeMap::new();
    for (index, visit) in visits.iter().enumerate() {
        for (equipment, span) in uses_of(visit) {
            users
                .entry((visit.location, equipment))
                .or_default()
                .push((span, index));
        }
    }
    for ((location, equipment), mut stretches) in users {
        let pieces = roster
            .equipment(equipment)
            .filter(|kind| kind.is_active)
            .map_or(0, |kind| kind.pieces_at(location));
        if pieces == 0 || stretches.len() <= usize::from(pieces) {
            continue;
        }
        stretches.sort_unstable();
        let mut cuts: Vec<Timestamp> = stretches.iter().flat_map(|(span, _)| [span.0, span.1]).collect();
        cuts.sort_unstable();
        cuts.dedup();
        let (mut open, mut next) = (Vec::<(Span, usize)>::new(), 0);
        for cut in cuts.windows(2) {
            open.retain(|(span, _)| span.1 > cut[0]);
            while let Some(stretch) = stretches.get(next).filter(|(span, _)| span.0 <= cut[0]) {
                open.push(*stretch);
                next += 1;
            }
            if open.len() > usize::from(pieces) {
                let here = open.iter().map(|(_, index)| visits[*index]).collect();
                for (last, extra) in found.without_a_piece(roster, here, pieces) {
                    found.note(ConflictKind::Equipment, last, extra, (cut[0], cut[1]));
                }
            }
        }
    }
}

fn span_of(visit: &Appointment) -> Span {
    (visit.starts_at.instant(), visit.ends_at())
}

/// From the first to the last minute in which two visits want the same thing of this kind.
fn shared_time(kind: ConflictKind, a: &Appointment, b: &Appointment) -> Option<Span> {
    if !overlap(span_of(a), span_of(b)) {
        return None;
    }
    let theirs = claims(kind, b);
    let mut shared: Option<Span> = None;
    for (wanted, ours) in claims(kind, a) {
        for (_, theirs) in theirs
            .iter()
            .filter(|(id, span)| *id == wanted && overlap(ours, *span))
        {
            shared = Some(hull(shared, (ours.0.max(theirs.0), ours.1.min(theirs.1))));
        }
    }
    shared
}

fn hull(known: Option<Span>, more: Span) -> Span {
    known.map_or(more, |known| (known.0.min(more.0), known.1.max(more.1)))
}

/// Calls `meet` for every two overlapping stretches of different owners: by a line that sweeps over time,
/// with the stretches it is in kept at hand.
fn sweep(stretches: &mut [(Span, usize)], mut meet: impl FnMut(usize, usize, Span)) {
    stretches.sort_unstable();
    let mut open: Vec<(Span, usize)> = Vec::new();
    for &(span, owner) in stretches.iter() {
        open.retain(|(earlier, _)| earlier.1 > span.0);
        for &(earlier, other) in &open {
            if other != owner {
                meet(other, owner, (span.0.max(earlier.0), span.1.min(earlier.1)));
            }
        }
        open.push((span, owner));
    }
}

/// What was found so far, and what people have decided about it.
struct Found<'a> {
    conflicts: BTreeMap<(ConflictKind, [AppointmentId; 2]), Option<Conflict>>,
    accepted: HashSet<(&'a ConflictKey, [Span; 2])>,
}

impl<'a> Found<'a> {
    fn new(accepted: &'a [AcceptedConflict]) -> Self {
        let accepted = accepted
            .iter()
            .map(|decision| (&decision.key, decision.times))
            .collect();
        Self {
            conflicts: BTreeMap::new(),
            accepted,
        }
    }

    /// Of visits that use the same equipment at the same moment: whoever has the last piece, with each that has none.
    fn without_a_piece<'v>(
        &self,
        roster: &Roster,
        mut here: Vec<&'v Appointment>,
        pieces: u16,
    ) -> Vec<(&'v Appointment, &'v Appointment)> {
        let may =
            |visit: &Appointment| roster.policy(Rule::Equipment, visit.appointment_type) == Policy::Allow;
        here.sort_by_key(|visit| (may(visit), visit.booked, visit.id));
        here.dedup_by_key(|visit| visit.id);
        // Those who share a piece, by whoever of them comes first.
        let mut sharing: Vec<Vec<&Appointment>> = Vec::new();
        for visit in here {
            let (mut together, apart): (Vec<_>, Vec<_>) = sharing.into_iter().partition(|group| {
                group
                    .iter()
                    .any(|other| self.is_accepted(ConflictKind::Equipment, other, visit))
            });
            sharing = apart;
            let mut group = if together.is_empty() {
                Vec::new()
            } else {
                together.remove(0)
            };
            group.extend(together.into_iter().flatten());
            group.push(visit);
            sharing.push(group);
            sharing.sort_by_key(|group| (may(group[0]), group[0].booked, group[0].id));
        }
        let Some(last) = sharing.get(usize::from(pieces) - 1).map(|group| group[0]) else {
            return Vec::new();
        };
        sharing[usize::from(pieces)..]
            .iter()
            .map(|group| (last, group[0]))
            .filter(|(_, extra)| !may(extra))
            .collect()
    }

    /// Whether a person let both stand at the very times that they have.
    fn is_accepted(&self, kind: ConflictKind, a: &Appointment, b: &Appointment) -> bool {
        let (first, second) = if a.id < b.id { (a, b) } else { (b, a) };
        let key = ConflictKey::new(kind, first.id, second.id);
        self.accepted.contains(&(&key, [span_of(first), span_of(second)]))
    }

    fn note(&mut self, kind: ConflictKind, a: &Appointment, b: &Appointment, shared: Span) {
        if a.id == b.id {
            return;
        }
        let (first, second) = if a.id < b.id { (a, b) } else { (b, a) };
        let accepted = &self.accepted;
        let conflict = self
            .conflicts
            .entry((kind, [first.id, second.id]))
            .or_insert_with(|| {
                let key = ConflictKey::new(kind, first.id, second.id);
                // A decision holds for the very times at which it was made.
                let is_accepted = accepted.contains(&(&key, [span_of(first), span_of(second)]));
                (!is_accepted).then(|| Conflict {
                    key,
                    kind,
                    appointments: [first.id, second.id],
                    winner: if (first.booked, first.id) <= (second.booked, second.id) {
                        first.id
                    } else {
                        second.id
                    },
                    from: shared.0,
                    until: shared.1,
                })
            });
        if let Some(conflict) = conflict {
            (conflict.from, conflict.until) = hull(Some((conflict.from, conflict.until)), shared);
        }
    }

    fn list(self) -> Vec<Conflict> {
        let mut heaviest: HashMap<[AppointmentId; 2], ConflictKind> = HashMap::new();
        for (kind, pair) in self.conflicts.keys() {
            let known = heaviest.entry(*pair).or_insert(*kind);
            if kind.weight() > known.weight() {
                *known = *kind;
            }
        }
        self.conflicts
            .into_iter()
            .filter(|((kind, pair), _)| heaviest.get(pair) == Some(kind))
            .filter_map(|(_, conflict)| conflict)
            .collect()
    }
}

impl fmt::Display for ConflictKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}
