import "./style.css";

import { AlignmentView } from "./alignment_view";
import { OverlayView } from "./overlay_view";
import { DocumentError, fetchCollection } from "./documents";
import { button, element } from "./elements";
import { Grid } from "./grid";
import { listen } from "./keys";
import { LabelsView } from "./labels_view";
import { MapView } from "./map_view";
import { Message } from "./message";
import { Panel } from "./panel";
import { Player } from "./player";
import { Preparation } from "./preparation";
import { SearchView } from "./search_view";
import { Session } from "./session";
import { recallTheme, themeButton } from "./theme";
import { Thumbnails } from "./thumbnails";
import { Transport } from "./transport";

function build(session: Session, message: Message): void {
  const lead = (place: number): void => void message.attempt(() => session.lead(place));
  const thumbnails = new Thumbnails(session.collection);
  const grid = new Grid(session, thumbnails, lead, message);
  const player = new Player(session, grid.tiles, (sentence) => message.show(sentence));
  const transport = new Transport(session, player, lead);
  const labels = new LabelsView(session, grid, message);
  const panel = new Panel([
    new AlignmentView(session, grid, thumbnails, message),
    new OverlayView(session, grid),
    new MapView(session, thumbnails),
    new SearchView(session, grid, player, thumbnails, message),
    labels,
  ]);
  const openHelp = listen(session, player, grid, {
    lead,
    open: (view) => panel.choose(view),
    mark: (event) => labels.mark(event),
  });
  const preparation = new Preparation(session, grid, thumbnails, message);
  document.title = `${session.collection.title} · inphase`;
  document.body.prepend(
    element("a", { href: "#playback", class: "skip" }, "Skip to the playback controls"),
    element(
      "header",
      {},
      element("h1", {}, session.collection.title),
      preparation.element,
      themeButton(session),
      button("Keys", openHelp, { title: "?" }),
    ),
    message.element,
    element("main", {}, grid.element, panel.element),
    transport.element,
  );
  transport.element.id = "playback";
  transport.element.tabIndex = -1;
  panel.choose("alignment");
  session.tell("position");
  session.tell("reference");
  grid.arrange();
  preparation.follow();
  void preparation.compare();
}

async function start(): Promise<void> {
  recallTheme();
  const message = new Message();
  try {
    const collection = await fetchCollection();
    if (collection.videos.length === 0) throw new DocumentError("There are no videos to show.", 0);
    const session = new Session(collection);
    await session.open();
    document.querySelector("#loading")?.remove();
    build(session, message);
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    document.querySelector("#loading")?.remove();
    document.body.prepend(element("main", { class: "alone" }, message.element));
    message.show(error.message);
  }
}

void start();
