//! The search for the equilibrium of a column.
//!
//! Steps are taken with few of the points ([`Sketch`]), and from far away with a quarter of the layers before; the matrix of the
//! sketch then leads all points into equilibrium, in two or three evaluations. What counts as equilibrium is judged by all points.

mod search;
#[cfg(test)]
mod tests;

use search::{Search, found};

use super::{Lava, LavaParameters, NoDayside, Scratch};
use crate::atmosphere::column::Adiabat;
use crate::atmosphere::surface_gas::SurfaceGas;
use crate::config::ConvectionKind;
use crate::error::ModelError;
use crate::forward::lava::library::resampled;
use crate::forward::points::Sketch;
use crate::transfer::{Boundary, Effort, EquilibriumOptions};

/// Most steps of a coarse column from a start that was foretold: good ones take fewer than ten.
const START_STEPS: usize = 30;
/// Most steps of a column with all points, where the sketch did not lead to the end.
const WHOLE_STEPS: usize = 60;
/// The same of a sketch, whose steps cost a fifth.
const SKETCH_STEPS: usize = 80;
/// Layers to one of the coarse column.
const COARSENING: usize = 4;
/// Fewest layers of a coarse column.
const FEWEST_LAYERS: usize = 10;
/// Largest imbalance, and correction still to come \[K\], of a column that is only to begin with.
const ROUGH: (f64, f64) = (1e-3, 20.0);
/// The same of a sketch: one more step follows.
const SKETCHED: (f64, f64) = (1e-2, 15.0);

/// Temperatures to begin at \[K\]: of the layers and of the surface.
#[derive(Clone, Copy, Debug)]
pub(in crate::forward::lava) enum Start<'a> {
    /// Of a solution nearby, or foretold from many.
    Near(&'a [f64], f64),
    /// Of no particular likeness.
    Far(&'a [f64], f64),
}

/// How many points and layers a search has.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Stage {
    /// Few points and few layers.
    Coarse,
    /// Few points.
    Sketch,
    /// All.
    Whole,
}

/// The search for one column through its stages.
struct Hunt<'a> {
    lava: &'a Lava,
    sketch: &'a Sketch,
    parameters: &'a LavaParameters,
    surface: &'a SurfaceGas,
    /// Of all points, and of the sketch.
    boundary: [&'a Boundary; 2],
    scratch: &'a mut Scratch,
    /// Whether the columns of the stages stand on this surface.
    stands: [bool; 3],
    spent: Effort,
}

impl Lava {
    /// Radiative equilibrium of the column in the scratch, whose bare surface would have `bare_k`.
    pub(super) fn balanced(
        &self,
        parameters: &LavaParameters,
        boundary: &Boundary,
        surface: &SurfaceGas,
        bare_k: f64,
        start: Option<Start<'_>>,
        scratch: &mut Scratch,
    ) -> Result<Effort, NoDayside> {
        let sketch = self.sketch.as_ref().ok_or_else(|| ModelError::Fatal {
            message: "a balance is sought where temperatures are given".to_owned(),
        })?;
        let mut hunt = Hunt {
            lava: self,
            sketch,
            parameters,
            surface,
            boundary: [boundary, &sketch.boundary(boundary)],
            scratch,
            stands: [false; 3],
            spent: Effort::default(),
        };
        hunt.run(bare_k, start)?;
        Ok(hunt.spent)
    }

    pub(super) fn convects(&self) -> bool {
        self.adiabat() != Adiabat::Unnamed
    }

    fn adiabat(&self) -> Adiabat {
        match self.atmosphere.convection {
            ConvectionKind::Off => Adiabat::Unnamed,
            ConvectionKind::Dry => Adiabat::Dry,
            ConvectionKind::Moist => Adiabat::Moist,
        }
    }
}

impl Hunt<'_> {
    fn run(&mut self, bare_k: f64, start: Option<Start<'_>>) -> Result<(), NoDayside> {
        let layers = self.lava.atmosphere.layers;
        let likely = match start {
            Some(Start::Near(layers_k, surface_k)) => {
                if self.from((layers_k, surface_k))? {
                    return Ok(());
                }
                None
            }
            Some(Start::Far(layers_k, surface_k)) => Some((layers_k.to_vec(), surface_k)),
            None => self.lava.likely_start(self.parameters, bare_k, layers),
        };
        // First from what is likely, if anything is, then anew.
        for start in likely.iter().map(Some).chain([None]) {
            let mut coarse = self.search(Stage::Coarse)?;
            let found = match start {
                Some((layers_k, surface_k)) => {
                    let few_k = resampled(layers_k, coarse.layers());
                    coarse.attempt((&few_k, *surface_k), START_STEPS)?
                }
                None => coarse.leads(|search| search.begin_anew(bare_k))?,
            };
            let begin = if found {
                let (layers_k, surface_k) = coarse.temperatures();
                Some((resampled(layers_k, layers), surface_k))
            } else {
                start.cloned()
            };
            if let Some((layers_k, surface_k)) = begin
                && self.from((&layers_k, surface_k))?
            {
                return Ok(());
            }
        }
        let mut sketch = self.search(Stage::Sketch)?;
        let way = |search: &mut Search<'_>| {
            search.begin_anew(bare_k)?;
            search.sharpen()
        };
        if sketch.leads(way)? && self.refine()? {
            return Ok(());
        }
        self.search(Stage::Whole)?.begin_anew(bare_k)
    }

    /// Whether these temperatures lead to an equilibrium: with few points first.
    fn from(&mut self, temperatures: (&[f64], f64)) -> Result<bool, NoDayside> {
        let mut sketch = self.search(Stage::Sketch)?;
        let way = |search: &mut Search<'_>| {
            search.solve(temperatures, None, SKETCH_STEPS)?;
            search.sharpen()
        };
        if !sketch.leads(way)? {
            return Ok(false);
        }
        if self.refine()? {
            return Ok(true);
        }
        // From where that was best.
        let mut whole = self.search(Stage::Whole)?;
        let (layers_k, surface_k) = whole.temperatures();
        let layers_k = layers_k.to_vec();
        whole.attempt((&layers_k, surface_k), WHOLE_STEPS)
    }

    /// Whether the equilibrium of the sketch, which was sharpened, leads to one of all points.
    fn refine(&mut self) -> Result<bool, NoDayside> {
        self.search(Stage::Whole)?;
        let Scratch {
            sketch: few,
            sketch_equilibrium: guide,
            balance: all,
            equilibrium,
            ..
        } = &mut *self.scratch;
        let (Some(few), Some(column)) = (few, all) else {
            return Ok(false);
        };
        column.take_gas(few);
        let (imbalance, correction_k) = self.lava.goal(Stage::Whole);
        let options = EquilibriumOptions {
            imbalance,
            correction_k,
            convection: self.lava.convects(),
            ..EquilibriumOptions::default()
        };
        let transfer = &self.lava.balance.transfer;
        let result = equilibrium.refine(transfer, column, self.boundary[0], guide, options);
        self.spent += equilibrium.effort();
        found(result.map_err(NoDayside::from))
    }

    /// The search of a stage; its column is made, and put on the surface, when it is called for first.
    fn search(&mut self, stage: Stage) -> Result<Search<'_>, ModelError> {
        let lava = self.lava;
        let all = lava.atmosphere.layers;
        let few = (all / COARSENING).max(FEWEST_LAYERS).min(all);
        let scratch = &mut *self.scratch;
        let (layers, slot, equilibrium) = match stage {
            Stage::Coarse => (few, &mut scratch.coarse, &mut scratch.coarse_equilibrium),
            Stage::Sketch => (all, &mut scratch.sketch, &mut scratch.sketch_equilibrium),
            Stage::Whole => (all, &mut scratch.balance, &mut scratch.equilibrium),
        };
        let (points, boundary) = match stage {
            Stage::Whole => (&lava.balance, self.boundary[0]),
            _ => (&self.sketch.points, self.boundary[1]),
        };
        let stands = &mut self.stands[stage as usize];
        if !*stands {
            let column = lava.column_of(layers, slot, self.surface, points, self.parameters)?;
            column.name_adiabat(lava.adiabat());
            *stands = true;
        }
        let column = slot.as_mut().ok_or_else(|| ModelError::Fatal {
            message: "no column".to_owned(),
        })?;
        Ok(Search {
            lava,
            stage,
            transfer: &points.transfer,
            equilibrium,
            column,
            boundary,
            spent: &mut self.spent,
        })
    }
}

impl Lava {
    /// Largest imbalance of a stage, and correction still to come \[K\].
    fn goal(&self, stage: Stage) -> (f64, f64) {
        match stage {
            Stage::Coarse => ROUGH,
            Stage::Sketch => SKETCHED,
            Stage::Whole => {
                let correction_k = EquilibriumOptions::default().correction_k;
                (self.atmosphere.tolerance, correction_k)
            }
        }
    }
}
