#include "speech/text/abbreviations.h"

#include <algorithm>
#include <array>
#include <span>

namespace soundbite {

namespace {

using Words = std::span<const std::string_view>;

// Each list is sorted by meaning, not by letter: they are short.
constexpr std::string_view english_never[] = {
    "Mr",  "Mrs",  "Ms",   "Mx",   "Messrs", "Mme",  "Mlle", "Dr",  "Drs",   "Prof", "Rev",  "Fr",   "Hon", "Pres",
    "Gov", "Sen",  "Rep",  "Amb",  "Gen",    "Maj",  "Col",  "Lt",  "Capt",  "Cpt",  "Cmdr", "Sgt",  "Cpl", "Pvt",
    "Adm", "Supt", "Insp", "Det",  "Mt",     "Ft",   "e.g",  "i.e", "cf",    "viz",  "vs",   "v",    "al",  "approx",
    "ca",  "c",    "Fig",  "fig",  "Figs",   "figs", "Eq",   "eq",  "Eqs",   "Vol",  "vol",  "Vols", "Ch",  "ch",
    "Sec", "sec",  "Art",  "art",  "Ed",     "ed",   "Eds",  "eds", "pp",    "p",    "Nr",   "nr",   "Nos", "nos",
    "Sr",  "Sra",  "Bros", "Univ", "Dept",   "dept", "resp", "Esq", "a.k.a", "w",    "N.B",  "n.b",  "P.S"};
constexpr std::string_view english_sometimes[] = {
    "St",  "Ste", "Ave",   "Blvd", "Rd",   "Ln",  "Sq",  "etc",   "Inc",   "Ltd", "Co",   "Corp", "LLC",  "Jr",
    "a.m", "p.m", "A.M",   "P.M",  "U.S",  "U.K", "U.N", "U.S.A", "E.U",   "D.C", "Ph.D", "M.D",  "B.A",  "M.A",
    "B.C", "A.D", "B.C.E", "C.E",  "Jan",  "Feb", "Mar", "Apr",   "Jun",   "Jul", "Aug",  "Sep",  "Sept", "Oct",
    "Nov", "Dec", "Mon",   "Tue",  "Tues", "Wed", "Thu", "Thur",  "Thurs", "Fri", "Sat",  "No",   "no",   "No's",
    "est", "Est", "dist",  "min",  "max",  "hr",  "hrs", "ft",    "oz",    "lb",  "lbs",  "mi",   "Assn", "Mfg"};
constexpr std::string_view english_openers[] = {
    "A",    "After", "All",   "An",    "And",   "As",   "At",   "But",   "By",   "Each", "Every", "For",  "From",
    "He",   "Her",   "Here",  "His",   "How",   "I",    "If",   "In",    "Is",   "It",   "Its",   "Let",  "Many",
    "My",   "No",    "Not",   "Now",   "On",    "One",  "Or",   "Our",   "She",  "So",   "Some",  "Such", "That",
    "The",  "Their", "Then",  "There", "These", "They", "This", "Those", "Thus", "To",   "Today", "We",   "Were",
    "What", "When",  "Where", "Which", "While", "Who",  "Why",  "With",  "Yes",  "Yet",  "You",   "Your"};
constexpr std::string_view german_never[] = {
    "Hr",   "Hrn", "Fr",   "Frl",  "Dr",  "Prof", "Ing", "Dipl", "St",  "Nr",  "Bd",  "Abb",   "Abs", "Art",
    "Kap",  "S",   "Str",  "Tel",  "bzw", "ca",   "vgl", "z.B",  "d.h", "u.a", "z.T", "i.d.R", "u.U", "o.ä",
    "evtl", "ggf", "inkl", "exkl", "max", "min",  "sog", "z",    "B",   "d",   "h",   "Jan",   "Feb", "Mär",
    "Apr",  "Aug", "Sept", "Okt",  "Nov", "Dez",  "geb", "gest", "Hl",  "Mio", "Mrd", "usf",   "lat", "engl"};
constexpr std::string_view german_sometimes[] = {"usw", "etc", "GmbH", "Co", "Jh", "Chr", "Std"};
constexpr std::string_view german_openers[] = {"Der", "Die",  "Das",  "Er",   "Sie",   "Es",    "Wir",
                                               "Ich", "Ein",  "Eine", "Und",  "Aber",  "In",    "Im",
                                               "Am",  "Dann", "Da",   "Doch", "Diese", "Dieser"};
constexpr std::string_view french_never[] = {"M",    "MM",   "Mme",  "Mmes", "Mlle", "Mlles",  "Dr",  "Pr", "Me",
                                             "St",   "Ste",  "p.ex", "ex",   "cf",   "c.-à-d", "env", "éd", "vol",
                                             "fig",  "n",    "art",  "chap", "p",    "pp",     "av",  "bd", "tél",
                                             "janv", "févr", "avr",  "juil", "sept", "oct",    "nov", "déc"};
constexpr std::string_view spanish_never[] = {
    "Sr",  "Sra",  "Srta", "Sres", "Dr",   "Dra", "D",   "Dña", "Ud",  "Uds", "Vd", "Vds",  "Prof", "Gral",  "Sto",
    "Sta", "p.ej", "ej",   "pág",  "págs", "núm", "art", "cap", "vol", "fig", "Av", "Avda", "tel",  "aprox", "EE"};
constexpr std::string_view italian_never[] = {"Sig", "Sigg", "Sig.ra", "Dott", "Dr",  "Prof", "Ing",  "Avv", "Arch",
                                              "On",  "S",    "p.es",   "es",   "cfr", "pag",  "pagg", "cap", "vol",
                                              "fig", "art",  "n",      "tel",  "ca",  "gen",  "feb",  "mar", "apr",
                                              "giu", "lug",  "ago",    "set",  "ott", "nov",  "dic"};
constexpr std::string_view portuguese_never[] = {"Sr",  "Sra", "Srs", "Dr",   "Dra", "D",   "Prof", "Profa",
                                                 "Eng", "Sto", "Sta", "p.ex", "ex",  "pág", "págs", "núm",
                                                 "n",   "art", "cap", "vol",  "fig", "Av",  "tel",  "aprox"};
constexpr std::string_view dutch_never[] = {"dhr", "Dhr",   "mevr", "Mevr",  "mw",   "Mw",   "dr",   "Dr",
                                            "drs", "prof",  "Prof", "ir",    "mr",   "St",   "bijv", "d.w.z",
                                            "o.a", "m.a.w", "nr",   "blz",   "ca",   "incl", "excl", "resp",
                                            "vgl", "art",   "tel",  "t.o.v", "i.p.v"};
constexpr std::string_view russian_never[] = {"г",    "гг",  "ул",  "д",   "кв",   "стр", "рис", "табл", "им",
                                              "проф", "др",  "т.е", "т.к", "т.д",  "т.п", "см",  "ср",   "напр",
                                              "руб",  "коп", "тыс", "млн", "млрд", "обл", "р",   "н.э"};

struct Lists {
  std::string_view language;
  Words never;
  Words sometimes;
  Words openers;
};

constexpr std::array<Lists, 8> by_language = {{{"en", english_never, english_sometimes, english_openers},
                                               {"de", german_never, german_sometimes, german_openers},
                                               {"fr", french_never, {}, {}},
                                               {"es", spanish_never, {}, {}},
                                               {"it", italian_never, {}, {}},
                                               {"pt", portuguese_never, {}, {}},
                                               {"nl", dutch_never, {}, {}},
                                               {"ru", russian_never, {}, {}}}};

const Lists* lists_for(std::string_view language) {
  const auto primary = language.substr(0, language.find('-'));
  const auto found = std::ranges::find(by_language, primary, &Lists::language);
  return found == by_language.end() ? nullptr : &*found;
}

bool holds(Words words, std::string_view word) { return std::ranges::find(words, word) != words.end(); }

}  // namespace

FullStop full_stop_after(std::string_view word, std::string_view language) {
  const Lists* lists = lists_for(language);
  if (!lists) return FullStop::ends;
  if (holds(lists->never, word)) return FullStop::never;
  return holds(lists->sometimes, word) ? FullStop::sometimes : FullStop::ends;
}

bool opens_sentence(std::string_view word, std::string_view language) {
  const Lists* lists = lists_for(language);
  return lists && holds(lists->openers, word);
}

}  // namespace soundbite
