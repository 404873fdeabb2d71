/** The values of entities' traits, each with the wordings that documents and questions choose from. */

/** The kinds of entities that documents describe. */
export const KINDS = ["person", "work", "place", "event"] as const;
export type Kind = (typeof KINDS)[number];

/** Which traits the documents of a kind state; `year` is a number, every other trait one of `VALUES`. */
export const TRAITS = {
  person: ["occupation", "year"],
  work: ["form", "year"],
  place: ["trade", "landmark"],
  event: ["contest", "year"],
} as const satisfies Record<Kind, readonly string[]>;
export type Trait = (typeof TRAITS)[Kind][number];
export type NamedTrait = Exclude<Trait, "year">;

/** What a sentence can state; each kind has its own words for years. */
export type Told = NamedTrait | "person.year" | "work.year" | "event.year";

export function toldAs(kind: Kind, trait: Trait): Told {
  return trait === "year" ? (`${kind}.year` as Told) : trait;
}

/** Which kinds link to which: the first kind's document names an entity of the second. */
export const LINKS = {
  birthplace: ["person", "place"],
  maker: ["work", "person"],
  host: ["event", "place"],
  winner: ["event", "person"],
} as const satisfies Record<string, readonly [Kind, Kind]>;
export type Link = keyof typeof LINKS;

/** The links that documents of a kind name. */
export function linksOf(kind: Kind): Link[] {
  return (Object.keys(LINKS) as Link[]).filter((link) => LINKS[link][0] === kind);
}

const list = (lines: string): readonly (readonly string[])[] =>
  lines
    .trim()
    .split("\n")
    .map((line) => line.trim().split(" | "));

/** A value is a list of wordings that mean the same; the first is its name. */
export const VALUES: Readonly<Record<NamedTrait, readonly (readonly string[])[]>> = {
  occupation: list(`
    a clockmaker | a maker of clocks | a horologist
    a beekeeper | a keeper of bees | an apiarist
    a glassblower | a blower of glass | a hand at the glass furnace
    a lighthouse keeper | a warden of the coast light | a tender of the sea lamp
    a botanist | a scholar of plants | a student of flora
    a cartographer | a maker of maps | a drawer of charts
    a midwife | a helper at births | a deliverer of children
    a bookbinder | a binder of books | a stitcher of bindings
    a piano tuner | a tuner of keyboards | a voicer of pianos
    a surveyor | a measurer of land | a reader of boundaries
    a saddler | a maker of saddles | a harness cutter
    an apothecary | a compounder of medicines | a druggist
    a bell founder | a caster of bells | a maker of chimes
    a ferryman | a ferry pilot | a carrier across water
    a weaver | a worker at the loom | a maker of cloth
    an astronomer | a watcher of the stars | a student of the heavens
    a stonecutter | a cutter of stone | a dresser of blocks
    a translator | a renderer of foreign books | a turner of texts into other tongues
    a magistrate | a judge of the lower bench | a holder of the petty court
    a puppeteer | a player of marionettes | a mover of puppets
    a vintner | a grower of wine | a presser of grapes
    an engraver | a cutter of copper plates | a worker with the burin
    a falconer | a trainer of hawks | a flier of falcons
    a shipwright | a builder of ships | a layer of keels`),
  form: list(`
    a comic opera | a light opera | a merry piece for the opera stage
    a herbal | a book of healing plants | a guide to simples
    a travel diary | a journal of a journey | a log of the road
    a book of riddles | a collection of puzzles | a riddle book
    an atlas | a volume of maps | a set of charts between boards
    a cookery book | a book of recipes | a kitchen manual
    a ballad | a narrative song | a song that tells a story
    a tapestry | a woven wall hanging | a pictured cloth
    a chess manual | a treatise on chess | a guide to the chessboard
    a stage tragedy | a sorrowful play | a drama of ruin
    a grammar | a handbook of a language | a primer of syntax
    a fresco | a painting on plaster | a painted wall
    a book of sermons | a collection of homilies | a volume of preaching
    a string quartet | a piece for four strings | a work for two violins, viola and cello`),
  trade: list(`
    salt making | the boiling of salt | its salt pans
    rope making | the twisting of rope | its rope walks
    eel fishing | the catching of eels | its eel traps
    paper making | the making of paper | its paper mills
    lace making | the knotting of lace | its lace pillows
    charcoal burning | the burning of charcoal | its charcoal kilns
    tanning | the dressing of hides | its tan pits
    cider pressing | the pressing of cider | its cider presses
    slate quarrying | the splitting of slate | its slate quarries
    hop growing | the growing of hops | its hop gardens
    tile firing | the firing of tiles | its tile ovens
    cheese making | the ripening of cheese | its cheese cellars
    boat building | the building of boats | its boat yards
    dye making | the boiling of dyes | its dye vats
    pearl diving | the diving for pearls | its pearl beds
    silver mining | the digging of silver | its silver shafts`),
  landmark: list(`
    a leaning belfry | a bell tower out of plumb | a crooked bell tower
    a covered bridge | a bridge with a roof | a roofed crossing
    a sunken garden | a garden below the street | a garden in a pit
    a windmill with six sails | a six-sailed mill | a mill of six arms
    a copper dome | a dome sheathed in copper | a cupola of green metal
    a maze of yew | a labyrinth of clipped yew | a yew labyrinth
    a tidal clock | a clock driven by the tide | a clock that the sea winds
    a stair of a thousand steps | a thousand-step stairway | a climb of a thousand steps
    a floating market | a market on rafts | a market held on boats
    a double aqueduct | an aqueduct of two tiers | a two-storeyed water bridge
    a petrified oak | an oak turned to stone | a tree of stone
    a chained library | a library of chained books | a reading room where books are chained
    an upturned ship for a chapel | a chapel made of a hull | a chapel that was once a ship
    a whispering gallery | a gallery that carries whispers | a vault where whispers travel
    a triangular square | a market square with three sides | a three-cornered square
    a hot spring | a spring that steams | a well of warm water`),
  contest: list(`
    a regatta | a rowing match | a race of boats
    a chess tournament | a contest at the chessboard | a meeting of chess players
    a flower show | a judging of flowers | an exhibition of blooms
    a fencing match | a contest with the foil | a trial of swords
    a ploughing match | a contest of ploughs | a trial of furrows
    a poetry contest | a contest of verses | a trial of poets
    a kite festival | a contest of kites | a day of kite flying
    a horse race | a race of horses | a contest of riders
    a baking contest | a judging of bread | a trial of bakers
    an archery meeting | a contest of bowmen | a shooting at the butts
    a skating race | a race over ice | a contest on skates
    a singing contest | a contest of voices | a trial of singers
    a balloon race | a race of balloons | a contest in the air
    a swimming match | a race of swimmers | a contest in the water`),
};

/** The first year that documents state; questions ask for decades. */
export const FIRST_YEAR = 1760;
export const LAST_YEAR = 1909;
