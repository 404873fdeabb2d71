/** The names in the built-in questions, listed by kind. Common knowledge, gathered for this project. */

const list = (names: string): readonly string[] => names.split(";").map((name) => name.trim());

export const FACTS = {
  country: list(
    "Argentina; Australia; Austria; Bangladesh; Belgium; Bolivia; Botswana; Brazil; Bulgaria; Cambodia; Cameroon; Canada; Chile; China; Colombia; Croatia; Cuba; Denmark; Ecuador; Egypt; Estonia; Ethiopia; Finland; France; Germany; Ghana; Greece; Hungary; Iceland; India; Indonesia; Iran; Ireland; Israel; Italy; Jamaica; Japan; Jordan; Kenya; Laos; Latvia; Lithuania; Madagascar; Malaysia; Mexico; Mongolia; Morocco; Nepal; New Zealand; Nigeria; Norway; Pakistan; Panama; Peru; Poland; Portugal; Romania; Senegal; Serbia; Slovakia; Slovenia; South Korea; Spain; Sri Lanka; Sweden; Switzerland; Tanzania; Thailand; Tunisia; Turkey; Uganda; Ukraine; Uruguay; Venezuela; Vietnam; Zambia",
  ),
  city: list(
    "Amsterdam; Athens; Bangkok; Barcelona; Berlin; Bogota; Boston; Brussels; Budapest; Buenos Aires; Cairo; Cape Town; Chicago; Copenhagen; Dublin; Edinburgh; Florence; Geneva; Hamburg; Hanoi; Helsinki; Istanbul; Jakarta; Kyoto; Lagos; Lima; Lisbon; London; Madrid; Manila; Melbourne; Milan; Montreal; Moscow; Mumbai; Nairobi; Oslo; Paris; Prague; Quito; Riga; Rome; San Francisco; Santiago; Seoul; Shanghai; Singapore; Stockholm; Sydney; Tokyo; Toronto; Vienna; Warsaw; Zurich",
  ),
  landmark: list(
    "the Acropolis; Angkor Wat; Ayers Rock; Big Ben; the Blue Mosque; the Brandenburg Gate; the Colosseum; the Eiffel Tower; the Forbidden City; the Golden Gate Bridge; the Grand Canyon; the Great Barrier Reef; Hagia Sophia; the Hermitage; Lake Baikal; Lake Titicaca; the Leaning Tower; the Louvre; Machu Picchu; Mount Fuji; Mount Kilimanjaro; Mount Rushmore; Niagara Falls; the Panama Canal; the Parthenon; Petra; the Prado; Stonehenge; the Suez Canal; the Taj Mahal; Table Mountain; the Uffizi; Victoria Falls; Yellowstone",
  ),
  river: list(
    "Amazon; Congo; Danube; Elbe; Euphrates; Ganges; Hudson; Indus; Loire; Mekong; Mississippi; Murray; Niger; Nile; Oder; Orinoco; Po; Rhine; Rhone; Seine; Tagus; Thames; Tiber; Vistula; Volga; Yangtze; Yukon; Zambezi",
  ),
  work: list(
    "Anna Karenina; Brave New World; Candide; Crime and Punishment; David Copperfield; Doctor Zhivago; Don Quixote; Dracula; Emma; Faust; Frankenstein; Great Expectations; Gulliver's Travels; Hamlet; Ivanhoe; Jane Eyre; King Lear; Les Miserables; Little Women; Macbeth; Madame Bovary; Middlemarch; Moby-Dick; Oliver Twist; Othello; Paradise Lost; Peter Pan; Pride and Prejudice; Robinson Crusoe; The Aeneid; The Brothers Karamazov; The Call of the Wild; The Canterbury Tales; The Divine Comedy; The Iliad; The Jungle Book; The Magic Mountain; The Scarlet Letter; The Tempest; The Time Machine; The Trial; Treasure Island; Ulysses; Vanity Fair; Walden; War and Peace; Wuthering Heights",
  ),
  invention: list(
    "the airship; the ballpoint pen; the barometer; the bicycle; the calculating machine; the diesel engine; the dishwasher; the electric battery; the elevator brake; the fountain pen; the gramophone; the helicopter; the jet engine; the laser; the light bulb; the lightning rod; the microscope; the miner's lamp; the parachute; the pendulum clock; the phonograph; the printing press; the radio; the sewing machine; the steam engine; the steamboat; the stethoscope; the telegraph; the telephone; the telescope; the thermometer; the typewriter; the vacuum cleaner; the zipper",
  ),
  abbreviation: list(
    "AC; AM; ASCII; ATM; BBC; BIOS; CD; CEO; CIA; CPU; DNA; DVD; EU; FAQ; FBI; FIFA; FM; GDP; GMT; GPS; HTML; HTTP; IBM; ILO; IMF; IOC; IQ; ISBN; JPEG; LAN; LASER; LCD; LED; MIT; MRI; NAFTA; NASA; NATO; NGO; OECD; OPEC; PDF; PIN; RADAR; RAM; RNA; ROM; RSVP; SCUBA; SIM; SOS; SQL; TNT; UFO; UNESCO; UNICEF; URL; USB; UTC; VAT; VIP; WHO; WTO; WWF; XML; YMCA; ZIP",
  ),
  organisation: list(
    "African Union; Amateur Athletic Union; American Medical Association; Asian Development Bank; Associated Press; Bank of England; British Museum; European Central Bank; European Space Agency; Federal Reserve System; International Chess Federation; International Court of Justice; International Maritime Organization; International Olympic Committee; Food and Agriculture Organization; National Health Service; National Hockey League; Royal Air Force; Royal Society of Arts; United Arab Emirates; United Kingdom; United Nations; World Bank Group; World Meteorological Organization; World Trade Organization",
  ),
  animal: list(
    "albatross; anteater; badger; bat; beaver; bison; blue whale; camel; cheetah; chimpanzee; cobra; crocodile; dolphin; eagle; eel; elephant; falcon; flamingo; giraffe; goldfish; gorilla; hedgehog; hippopotamus; honeybee; hummingbird; kangaroo; koala; lobster; lynx; mole; moose; octopus; ostrich; otter; owl; panda; penguin; polar bear; porcupine; raven; reindeer; rhinoceros; salmon; scorpion; seahorse; shark; sloth; spider; squirrel; starfish; swan; tiger; tortoise; vulture; walrus; wolf; zebra",
  ),
  phenomenon: list(
    "amber; an avalanche; a comet's tail; a desert mirage; dew; an earthquake; an eclipse; an echo; erosion; fog; a geyser; a glacier; hail; hiccups; inflation; insomnia; lightning; a lunar eclipse; magnetism; a monsoon; the northern lights; a rainbow; rust; static electricity; a sunspot; thunder; the tides; a tornado; a tsunami; volcanic ash",
  ),
  device: list(
    "an abacus; an aqueduct; an astrolabe; a barcode reader; a catalytic converter; a compass; a dam; a dynamo; an escalator; a fire extinguisher; a flute; a gas mask; a gyroscope; a hovercraft; a hydraulic press; a kaleidoscope; a lighthouse; a lock on a canal; a loom; a magnifying glass; a metal detector; a metronome; a microwave oven; a pacemaker; a periscope; a piano; a pulley; a pressure cooker; a quartz watch; a refrigerator; a seismograph; a sextant; a solar cell; a submarine; a sundial; a thermostat; a transformer; a water wheel; a windmill",
  ),
  concept: list(
    "alchemy; altruism; anarchy; an aqueduct bridge; Baroque music; the Big Bang; bureaucracy; capitalism; chivalry; the Cold War; cubism; a dialect; dualism; an embargo; entropy; existentialism; fermentation; feudalism; a filibuster; a fractal; free verse; globalization; a haiku; impressionism; irony; jazz; karma; a metaphor; monotheism; nationalism; a nebula; nostalgia; osmosis; a paradox; photosynthesis; a placebo; pragmatism; relativity; the Renaissance; romanticism; a sonnet; stoicism; surrealism; a symbiosis; a utopia",
  ),
  sport: list(
    "archery; badminton; baseball; basketball; billiards; bowling; boxing; canoeing; cricket; curling; cycling; darts; fencing; football; golf; gymnastics; handball; hockey; judo; lacrosse; polo; rowing; rugby; sailing; skiing; snooker; squash; swimming; table tennis; tennis; volleyball; water polo; weightlifting; wrestling",
  ),
  event: list(
    "the Battle of Hastings; the Battle of Waterloo; the Boston Tea Party; the Chernobyl accident; the coronation of Charlemagne; the Council of Trent; the eruption of Krakatoa; the eruption of Vesuvius; the fall of Constantinople; the fall of the Berlin Wall; the first Crusade; the first Moon landing; the French Revolution; the Great Fire of London; the Hindenburg disaster; the launch of Sputnik; the Long March; the Louisiana Purchase; the Magna Carta; the October Revolution; the opening of the Suez Canal; the Peace of Westphalia; the San Francisco earthquake; the sinking of the Titanic; the Spanish Armada; the Treaty of Versailles; the Wall Street crash; the Wright brothers' first flight",
  ),
} as const;

export type FactKind = keyof typeof FACTS;
