//! What the crowd does: comes, is idle, writes at a steady rate, writes as fast as it can, loses its relay.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use sync::envelope::Envelope;
use sync::log::{genesis, next};
use sync::wire::Frame;
use sync::{ChainHash, EnvelopeId};
use tokio::task::JoinSet;

use super::super::process::RelayProcess;
use super::super::stats::Samples;
use super::in_time;
use super::station::{Sink, Station, Stream, push, receive, send};

/// How large a crowd, and what it sends.
pub struct Plan {
    pub practices: usize,
    pub stations: usize,
    /// Envelopes a second, all together, while delivery is timed.
    pub rate: usize,
    pub seconds: usize,
    /// Envelopes for the ceiling, all together.
    pub ceiling: usize,
}

/// Envelopes in one push at the ceiling.
const AT_ONCE: usize = 128;
/// Pushes of one workstation on their way at the ceiling.
const WINDOW: u64 = 4;

struct Member {
    station: Station,
    practice: usize,
    number: usize,
    sink: Sink,
    stream: Stream,
    batch: u64,
}

pub struct Crowd {
    members: Vec<Member>,
    /// Entries that each log had when everybody was there.
    begun: u64,
}

pub struct Timed {
    pub latencies: Samples,
    pub expected: usize,
}

pub struct Pushed {
    pub envelopes: usize,
    pub took: Duration,
}

impl Crowd {
    /// Everybody founds, joins, connects and has read the log.
    pub async fn gather(address: SocketAddr, plan: &Plan) -> Result<Self> {
        let mut members = Vec::new();
        for practice in 0..plan.practices {
            let mut founder = Station::founder(practice)?;
            let (mut sink, mut stream) = in_time(founder.connect(address)).await?;
            let (others, invites): (Vec<Station>, Vec<Envelope>) = (1..plan.stations)
                .map(|number| founder.invite(practice, number))
                .collect::<Result<Vec<_>>>()?
                .into_iter()
                .unzip();
            send(&mut sink, &push(1, &invites)).await?;
            in_time(accepted(&mut stream, invites.len())).await?;
            members.push(Member {
                station: founder,
                practice,
                number: 0,
                sink,
                stream,
                batch: 1,
            });
            for (number, station) in (1..).zip(others) {
                let (sink, stream) = in_time(station.connect(address)).await?;
                members.push(Member {
                    station,
                    practice,
                    number,
                    sink,
                    stream,
                    batch: 0,
                });
            }
        }
        // The founding, and for each of the others an invitation and its use.
        let begun = 1 + 2 * (plan.stations as u64 - 1);
        for member in &mut members {
            let start = member.station.pull(0, genesis(member.station.practice));
            send(&mut member.sink, &start).await?;
            in_time(read_to(&mut member.stream, begun)).await?;
        }
        Ok(Self { members, begun })
    }

    /// Writes at a steady rate, everybody in turn, and times each delivery to each of the others.
    pub async fn timed(&mut self, plan: &Plan) -> Result<Timed> {
        let all = self.members.len();
        let each = (plan.rate * plan.seconds).div_ceil(all);
        let mut written = Vec::with_capacity(all);
        let mut first = Vec::with_capacity(all);
        for member in &mut self.members {
            first.push(member.station.sequence() + 1);
            written.push(member.station.write(each)?);
        }
        let first: Arc<Vec<u64>> = Arc::new(first);
        let start = Instant::now() + Duration::from_millis(100);
        let rate = plan.rate as f64;
        let due =
            move |turn: usize, at: usize| start + Duration::from_secs_f64((turn * all + at) as f64 / rate);
        let stations = plan.stations;
        let mut tasks = JoinSet::new();
        for ((at, member), envelopes) in std::mem::take(&mut self.members)
            .into_iter()
            .enumerate()
            .zip(written)
        {
            let first = first.clone();
            tasks.spawn(async move {
                let Member {
                    station,
                    practice,
                    number,
                    mut sink,
                    mut stream,
                    mut batch,
                } = member;
                let writing = async {
                    for (turn, envelope) in envelopes.iter().enumerate() {
                        tokio::time::sleep_until(due(turn, at).into()).await;
                        batch += 1;
                        send(&mut sink, &push(batch, std::slice::from_ref(envelope))).await?;
                    }
                    Ok::<_, anyhow::Error>(())
                };
                // From when it should have been sent: a crowd that falls behind must not look fast.
                let reading = async {
                    let mut latencies = Vec::new();
                    let expected = stations * each;
                    let (mut seen, mut acknowledged) = (0, 0);
                    while seen < expected || acknowledged < each {
                        let page = match receive(&mut stream).await? {
                            Frame::Entries(page) => page,
                            Frame::Accepted(accepted) => {
                                ensure!(accepted.refused.is_none(), "refused: {:?}", accepted.refused);
                                acknowledged += 1;
                                continue;
                            }
                            other => bail!("neither entries nor acknowledgement but {}", other.name()),
                        };
                        let now = Instant::now();
                        for bytes in &page.envelopes {
                            let header = Envelope::check(bytes)?;
                            let id = header.workstation.0;
                            let author =
                                u64::from_be_bytes(id[8..].try_into().expect("eight bytes")) as usize;
                            let index = practice * stations + author;
                            let turn = header
                                .sequence
                                .checked_sub(first[index])
                                .context("an old envelope")?;
                            seen += 1;
                            if author != number {
                                latencies.push(now.saturating_duration_since(due(turn as usize, index)));
                            }
                        }
                    }
                    Ok::<_, anyhow::Error>(latencies)
                };
                let (wrote, read) = tokio::join!(writing, in_time(reading));
                wrote?;
                let latencies = read?;
                let member = Member {
                    station,
                    practice,
                    number,
                    sink,
                    stream,
                    batch,
                };
                Ok::<_, anyhow::Error>((at, member, latencies))
            });
        }
        let mut samples = Samples::default();
        let mut back = Vec::with_capacity(all);
        while let Some(done) = tasks.join_next().await {
            let (at, member, latencies) = done??;
            back.push((at, member));
            for latency in latencies {
                samples.add(latency);
            }
        }
        back.sort_by_key(|(at, _)| *at);
        self.members = back.into_iter().map(|(_, member)| member).collect();
        self.begun += (stations * each) as u64;
        Ok(Timed {
            latencies: samples,
            expected: all * each * (stations - 1),
        })
    }

    /// The others go home.
    pub fn only_founders(self) -> Founders {
        Founders(
            self.members
                .into_iter()
                .filter(|member| member.number == 0)
                .collect(),
        )
    }
}

/// One workstation of each practice, for writing as fast as it can.
pub struct Founders(Vec<Member>);

/// What was acknowledged to one of them: positions and ids.
pub type Acknowledged = Vec<(u64, EnvelopeId)>;

impl Founders {
    /// Everybody pushes their share; over when all is acknowledged.
    pub async fn ceiling(&mut self, envelopes: usize) -> Result<Pushed> {
        let written = self.write(envelopes)?;
        let total = written.iter().map(Vec::len).sum();
        let start = Instant::now();
        let done = self.push_all(written, None).await?;
        let took = start.elapsed();
        let acknowledged: usize = done.iter().map(Vec::len).sum();
        ensure!(
            acknowledged == total,
            "{acknowledged} of {total} were acknowledged"
        );
        Ok(Pushed {
            envelopes: total,
            took,
        })
    }

    /// The same, but the relay is killed when half of it is acknowledged. Gives what was acknowledged.
    pub async fn until_killed(&mut self, envelopes: usize, relay: RelayProcess) -> Result<Vec<Acknowledged>> {
        let written = self.write(envelopes)?;
        self.push_all(written, Some(relay)).await
    }

    fn write(&mut self, envelopes: usize) -> Result<Vec<Vec<Envelope>>> {
        let each = envelopes.div_ceil(self.0.len());
        self.0
            .iter_mut()
            .map(|member| member.station.write(each))
            .collect()
    }

    async fn push_all(
        &mut self,
        written: Vec<Vec<Envelope>>,
        killed: Option<RelayProcess>,
    ) -> Result<Vec<Acknowledged>> {
        let total: usize = written.iter().map(Vec::len).sum();
        let is_killed = killed.is_some();
        let (count, mut counted) = tokio::sync::mpsc::unbounded_channel::<usize>();
        let mut tasks = JoinSet::new();
        for (at, (mut member, envelopes)) in std::mem::take(&mut self.0).into_iter().zip(written).enumerate()
        {
            let count = count.clone();
            tasks.spawn(async move {
                let mut acknowledged = Vec::new();
                let ended = push_windowed(&mut member, &envelopes, &mut acknowledged, &count).await;
                (at, member, acknowledged, ended)
            });
        }
        drop(count);
        let killing = async {
            let mut relay = killed;
            let mut acknowledged = 0;
            while let Some(more) = counted.recv().await {
                acknowledged += more;
                if acknowledged >= total / 2 {
                    // SIGKILL.
                    drop(relay.take());
                }
            }
        };
        let gathering = async {
            let mut back = Vec::new();
            while let Some(done) = tasks.join_next().await {
                back.push(done?);
            }
            Ok::<_, anyhow::Error>(back)
        };
        let ((), back) = tokio::join!(killing, in_time(gathering));
        let mut back = back?;
        back.sort_by_key(|(at, ..)| *at);
        let mut all = Vec::new();
        for (_, member, acknowledged, ended) in back {
            if !is_killed {
                ended?;
            }
            all.push(acknowledged);
            self.0.push(member);
        }
        Ok(all)
    }

    /// How many of what was acknowledged are not in the logs, at their positions.
    pub async fn look_for(&mut self, address: SocketAddr, acknowledged: &[Acknowledged]) -> Result<usize> {
        let mut lost = 0;
        for (member, acknowledged) in self.0.iter_mut().zip(acknowledged) {
            let (mut sink, mut stream) = in_time(member.station.connect(address)).await?;
            let ids = in_time(whole_log(&member.station, &mut sink, &mut stream)).await?;
            lost += acknowledged
                .iter()
                .filter(|(position, id)| {
                    let index = usize::try_from(*position).ok().and_then(|at| at.checked_sub(1));
                    index.and_then(|at| ids.get(at)) != Some(id)
                })
                .count();
        }
        Ok(lost)
    }
}

async fn push_windowed(
    member: &mut Member,
    envelopes: &[Envelope],
    acknowledged: &mut Acknowledged,
    count: &tokio::sync::mpsc::UnboundedSender<usize>,
) -> Result<()> {
    let mut pushes = envelopes.chunks(AT_ONCE);
    let mut on_their_way = std::collections::VecDeque::new();
    loop {
        while (on_their_way.len() as u64) < WINDOW
            && let Some(chunk) = pushes.next()
        {
            member.batch += 1;
            send(&mut member.sink, &push(member.batch, chunk)).await?;
            on_their_way.push_back(chunk);
        }
        let Some(chunk) = on_their_way.pop_front() else {
            return Ok(());
        };
        let positions = accepted(&mut member.stream, chunk.len()).await?;
        // Whoever counted has seen enough.
        let _ = count.send(positions.len());
        acknowledged.extend(positions.into_iter().zip(chunk.iter().map(Envelope::id)));
    }
}

/// The next acknowledgement, of all of a push.
async fn accepted(stream: &mut Stream, envelopes: usize) -> Result<Vec<u64>> {
    loop {
        match receive(stream).await? {
            Frame::Accepted(accepted) => {
                if let Some(refusal) = accepted.refused {
                    bail!("refused: {}", refusal.message);
                }
                ensure!(accepted.positions.len() == envelopes, "a part was acknowledged");
                return Ok(accepted.positions);
            }
            Frame::Entries(_) => {}
            other => bail!("no acknowledgement but {}", other.name()),
        }
    }
}

async fn read_to(stream: &mut Stream, position: u64) -> Result<()> {
    loop {
        if let Frame::Entries(page) = receive(stream).await?
            && page.after + page.envelopes.len() as u64 >= position
        {
            return Ok(());
        }
    }
}

/// All ids of a log, its chain verified.
async fn whole_log(station: &Station, sink: &mut Sink, stream: &mut Stream) -> Result<Vec<EnvelopeId>> {
    let mut hash: ChainHash = genesis(station.practice);
    let mut ids = Vec::new();
    loop {
        send(sink, &station.pull(ids.len() as u64, hash)).await?;
        let Frame::Entries(page) = receive(stream).await? else {
            bail!("no page")
        };
        for bytes in &page.envelopes {
            let id = Envelope::id_of(bytes);
            hash = next(hash, id);
            ids.push(id);
        }
        ensure!(hash == page.hash, "the chain is broken");
        if ids.len() as u64 >= page.head {
            return Ok(ids);
        }
    }
}
