# The live server in a container: docker build -t rlm-gym . && docker run -p 8000:8000 -v "$PWD/tokens:/tokens:ro" rlm-gym
FROM node:22-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
# The build comes after the sources are there.
RUN npm ci --ignore-scripts
COPY . .
# The server's own packages are optional peers, which a prune of the development ones takes away.
RUN npm run build && npm prune --omit=dev --ignore-scripts && \
  npm install --no-save --omit=dev --ignore-scripts fastify@5 @fastify/websocket@11 prom-client@15 @lezer/python@1

FROM node:22-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build --chown=root:root /app/package.json ./
COPY --from=build --chown=root:root /app/node_modules ./node_modules
COPY --from=build --chown=root:root /app/dist ./dist
RUN useradd --system --create-home --uid 10001 gym && mkdir /data && chown gym /data
USER gym
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.PORT || 8000) + '/health').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "dist/scripts/rlm-gym.js"]
CMD ["serve", "--env", "s-niah", "--host", "0.0.0.0", "--port", "8000", "--token-file", "/tokens", "--out", "/data/served", "--resume"]
