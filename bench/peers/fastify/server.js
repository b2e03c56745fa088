// The service that a Node developer would write for the same job API: Fastify with a JSON schema for the body and
// better-sqlite3 in WAL mode, each insert synced to disk before its answer.
//
//   node server.js PORT DATABASE
//   POST /api/v1/soundbites       → 202 and the record
//   GET  /api/v1/soundbites/:id   → 200 and the record, or 404
//   GET  /health                  → 200
//   POST /settle/:id              → 204; makes a record ready, for the bench's reads
import { randomUUID } from "node:crypto";
import Database from "better-sqlite3";
import Fastify from "fastify";

const [port, file] = process.argv.slice(2);

const database = new Database(file);
database.pragma("journal_mode = WAL");
database.pragma("synchronous = FULL");
database.exec(`
  CREATE TABLE IF NOT EXISTS job (
    id TEXT PRIMARY KEY, status TEXT NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL, voice_id TEXT NOT NULL, characters INTEGER NOT NULL, metadata TEXT NOT NULL,
    request TEXT NOT NULL, output TEXT);
  CREATE INDEX IF NOT EXISTS job_waiting ON job (created_at) WHERE status = 'pending';`);
const insert = database.prepare("INSERT INTO job VALUES (?, 'pending', ?, ?, ?, ?, ?, ?, ?, NULL)");
const select = database.prepare("SELECT * FROM job WHERE id = ?");
const settle = database.prepare("UPDATE job SET status = 'ready', output = ?, updated_at = ? WHERE id = ?");

const body = {
  type: "object",
  required: ["text"],
  additionalProperties: false,
  properties: {
    text: { type: "string", minLength: 1, maxLength: 100000 },
    voiceId: { type: "string", minLength: 1, maxLength: 128, default: "en_US-joe-medium" },
    speed: { type: "number", minimum: 0.25, maximum: 4, default: 1 },
    volume: { type: "number", minimum: -24, maximum: 24, default: 0 },
    sentenceSilence: { type: "number", minimum: 0, maximum: 5, default: 0.2 },
    output: {
      type: "object",
      additionalProperties: false,
      properties: {
        format: { enum: ["mp3", "wav", "flac", "opus", "vorbis", "aac", "m4a"], default: "mp3" },
        bitrate: { type: "integer", minimum: 8000, maximum: 512000 },
        sampleRate: { type: "integer", minimum: 8000, maximum: 48000 },
        channels: { type: "integer", minimum: 1, maximum: 2 },
      },
    },
    metadata: {
      type: "object",
      maxProperties: 16,
      additionalProperties: { type: "string", maxLength: 256 },
    },
  },
};

const time = { type: "string" };
const record = {
  type: "object",
  properties: {
    id: { type: "string" },
    status: { type: "string" },
    progress: { type: "number" },
    attempts: { type: "integer" },
    interruptions: { type: "integer" },
    createdAt: time,
    updatedAt: time,
    expiresAt: time,
    environment: { type: "string" },
    source: { type: "object", properties: { type: { type: "string" }, characters: { type: "integer" } } },
    voiceId: { type: "string" },
    metadata: { type: "object", additionalProperties: { type: "string" } },
    output: {
      type: "object",
      properties: {
        format: { type: "string" },
        sampleRate: { type: "integer" },
        channels: { type: "integer" },
        bytes: { type: "integer" },
        durationSeconds: { type: "number" },
        sha256: { type: "string" },
      },
    },
    links: { type: "object", properties: { self: { type: "string" }, audio: { type: "string" } } },
  },
};

function render(row) {
  const self = `/api/v1/soundbites/${row.id}`;
  return {
    id: row.id,
    status: row.status,
    progress: row.output ? 1 : 0,
    attempts: 0,
    interruptions: 0,
    createdAt: new Date(row.created_at).toISOString(),
    updatedAt: new Date(row.updated_at).toISOString(),
    expiresAt: new Date(row.expires_at).toISOString(),
    environment: "development",
    source: { type: "text", characters: row.characters },
    voiceId: row.voice_id,
    metadata: JSON.parse(row.metadata),
    ...(row.output && { output: JSON.parse(row.output) }),
    links: row.output ? { self, audio: `${self}/audio` } : { self },
  };
}

const app = Fastify({ logger: false, bodyLimit: 1 << 20 });

app.post("/api/v1/soundbites", { schema: { body, response: { 202: record } } }, (request, reply) => {
  const now = Date.now();
  const row = {
    id: randomUUID(),
    status: "pending",
    created_at: now,
    updated_at: now,
    expires_at: now + 30 * 86400e3,
    voice_id: request.body.voiceId,
    characters: request.body.text.length,
    metadata: JSON.stringify(request.body.metadata ?? {}),
  };
  insert.run(row.id, now, now, row.expires_at, row.voice_id, row.characters, row.metadata, JSON.stringify(request.body));
  reply.code(202).header("Location", `/api/v1/soundbites/${row.id}`).send(render(row));
});

app.get("/api/v1/soundbites/:id", { schema: { response: { 200: record } } }, (request, reply) => {
  const row = select.get(request.params.id);
  if (!row) {
    reply.code(404).send();
    return;
  }
  reply.send(render(row));
});

app.post("/settle/:id", (request, reply) => {
  const output = { format: "wav", sampleRate: 22050, channels: 1, bytes: 26156, durationSeconds: 0.59, sha256: "0".repeat(64) };
  settle.run(JSON.stringify(output), Date.now(), request.params.id);
  reply.code(204).send();
});

app.get("/health", () => ({ status: "ok" }));

await app.listen({ host: "127.0.0.1", port: Number(port) });
console.log(`listening on http://127.0.0.1:${app.server.address().port}`);
