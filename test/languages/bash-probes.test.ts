import { bashIn } from "../../src/languages/bash/language.ts";
import { describeProbes, type Probe } from "./probe-runner.ts";

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

const PROBES: readonly Probe[] = [
  ["cat of a host file", ({ file }) => `cat ${quoted(file)}`],
  ["a redirection from a host file", ({ file }) => `read -r line < ${quoted(file)}; echo "$line"`],
  [
    "a redirection to a host folder",
    ({ folder }) => `mkdir -p ${quoted(folder)}; echo x > ${quoted(`${folder}/trace`)}`,
  ],
  [
    "touch in a host folder",
    ({ folder }) => `touch ${quoted(`${folder}/trace`)}; tee ${quoted(`${folder}/other`)} <<< x`,
  ],
  ["the way up from the current folder", ({ file }) => `cat ../../../../../../..${file}; ls ../../../../..`],
  ["a link to a host file", ({ file }) => `ln -s ${quoted(file)} link; cat link; readlink -f link`],
  ["a link to the root", () => "ln -s / root; ls -R root; cat root/etc/passwd"],
  ["/etc/passwd and /etc/shadow", () => "cat /etc/passwd /etc/shadow /etc/hosts"],
  ["the environment in /proc", () => "cat /proc/self/environ /proc/1/environ /proc/$$/environ"],
  [
    "the command line and maps in /proc",
    () => "cat /proc/self/cmdline /proc/self/maps /proc/version /proc/cpuinfo",
  ],
  [
    "the root of a process",
    ({ file }) => `cat /proc/self/root${file} /proc/1/root${file}; ls -l /proc/self/cwd /proc/self/fd`,
  ],
  ["open descriptors", () => "for n in $(seq 0 40); do cat <&$n; cat /dev/fd/$n; done"],
  [
    "environment variables",
    () => "env; printenv; export -p; declare -p; echo $RLM_GYM_PROBED_SECRET ${!RLM*}",
  ],
  [
    "a variable by indirection",
    () => "n=RLM_GYM_PROBED_SECRET; echo ${!n}; declare -n r=$n; echo $r; eval echo \\$$n",
  ],
  ["the environment in awk", () => `awk 'BEGIN { for (k in ENVIRON) print k, ENVIRON[k] }'`],
  ["the environment in jq", () => "jq -n 'env, $ENV, input_filename, $__loc__, $__prog_args'"],
  [
    "a file by getline of awk",
    ({ file }) => `awk 'BEGIN { while ((getline line < "${file}") > 0) print line }'`,
  ],
  [
    "a command by getline of awk",
    ({ file }) => `awk 'BEGIN { "cat ${file}" | getline x; print x; system("cat ${file}") }'`,
  ],
  [
    "awk writes a file",
    ({ folder }) => `awk 'BEGIN { print "x" > "${folder}/trace"; print "x" | "tee ${folder}/other" }'`,
  ],
  [
    "sed reads and writes files",
    ({ file, folder }) =>
      `sed -n 'r ${file}' context.txt; sed 'w ${folder}/trace' context.txt; sed '1e cat ${file}' context.txt`,
  ],
  [
    "jq reads a file",
    ({ file }) =>
      `jq -Rs . ${quoted(file)}; jq -n --rawfile f ${quoted(file)} '$f'; jq -n --slurpfile f ${quoted(file)} '$f'`,
  ],
  ["jq modules", ({ file }) => `jq -L / -n 'import "${file}" as x; x'; jq -n 'include "/etc/passwd"; .'`],
  [
    "prototypes through jq",
    () =>
      `jq -n '{} | .__proto__.polluted = 1 | .constructor, .["constructor"]["constructor"]'; jq -n '{"__proto__": {"x": 1}} | .x'`,
  ],
  [
    "a constructor through jq",
    () =>
      `jq -n '"x".constructor.constructor("return globalThis")'; jq -n 'getpath(["constructor", "prototype"])'`,
  ],
  [
    "prototypes through awk arrays",
    () =>
      `awk 'BEGIN { a["__proto__"]["x"] = 1; a["constructor"] = 2; print a["toString"], b["__proto__"], length(a) }'`,
  ],
  [
    "prototypes through variables",
    () =>
      "__proto__=1; constructor=2; declare -A m=([__proto__]=x [constructor]=y); echo ${m[__proto__]} ${m[toString]} $hasOwnProperty",
  ],
  ["prototypes as commands", () => "constructor; __proto__; toString; hasOwnProperty; valueOf x"],
  [
    "prototypes as options",
    () => "set -o __proto__; shopt -s constructor; declare -x toString; unset __proto__",
  ],
  [
    "a function of the engine as a name",
    () => "globalThis; process; require; eval 'globalThis.process'; source globalThis",
  ],
  ["curl and wget", () => "curl http://127.0.0.1:80; wget -q -O- http://127.0.0.1; curl file:///etc/passwd"],
  ["/dev/tcp", () => "exec 3<>/dev/tcp/127.0.0.1/80; echo x >&3; cat <&3; echo x > /dev/udp/127.0.0.1/53"],
  [
    "nc, ssh and dns",
    () => "nc 127.0.0.1 80 < context.txt; ssh host; dig example.org; getent hosts localhost",
  ],
  [
    "other interpreters",
    () =>
      "python3 -c 'import os; print(os.environ)'; node -e 'console.log(process.env)'; perl -e 'print %ENV'; ruby -e 'p ENV'",
  ],
  [
    "js-exec and sqlite3",
    ({ file }) => `js-exec -c 'console.log(process.env)'; sqlite3 :memory: "SELECT readfile('${file}')"`,
  ],
  [
    "programs of the host by their paths",
    () =>
      "/bin/cat /etc/passwd; /usr/bin/env; /usr/local/bin/node -v; /usr/bin/python3 -V; ../../../usr/bin/id",
  ],
  [
    "a program of one's own",
    () =>
      "printf '#!/usr/bin/env node\\nconsole.log(process.env)' > run; chmod +x run; ./run; PATH=.:$PATH run",
  ],
  ["exec, bash and sh", () => "bash -c 'env'; sh -c 'cat /etc/passwd'; exec cat /proc/self/environ"],
  [
    "sudo, mount and chroot",
    () => "sudo cat /etc/shadow; mount -t proc proc /proc; chroot / ls; unshare -r env",
  ],
  ["kill of every process", () => "kill -9 1; kill -9 -1; kill -9 $PPID; pkill node; ulimit -c unlimited"],
  ["a fork bomb", () => ":(){ :|:& };:"],
  [
    "find over the file system",
    () =>
      "find / -name '*secret*' -o -name '*.env'; find / -newer context.txt -exec cat {} +; du -a / | head -100",
  ],
  [
    "globs over the file system",
    ({ folder }) => `echo /* /*/* /tmp/* ${folder}/../*; shopt -s globstar; echo /**/secret.txt`,
  ],
  ["xargs", ({ file }) => `echo ${quoted(file)} | xargs cat; echo env | xargs -I{} sh -c {}`],
  [
    "process substitution",
    ({ file }) => `cat <(cat ${quoted(file)}); diff <(env) /proc/self/environ; tee >(cat) < ${quoted(file)}`,
  ],
  ["history and completion", () => "history; fc -l; compgen -v; compgen -c | head -300; bind -p; hash"],
  [
    "file, stat, du and date of a host file",
    ({ file }) =>
      `file ${quoted(file)}; stat ${quoted(file)}; du ${quoted(file)}; date -r ${quoted(file)}; base64 ${quoted(file)}; od -c ${quoted(file)}`,
  ],
  [
    "the names of the host and its user",
    () => "hostname; whoami; uname -a; id; tty; w; last; ps aux; cat /etc/hostname",
  ],
  [
    "a here-document with substitutions",
    ({ file }) => `cat <<END\n$(cat ${file}) \`cat ${file}\` $(< ${file})\nEND`,
  ],
  [
    "arithmetic that runs commands",
    ({ file }) =>
      `a='x[$(cat ${file} >&2)]'; echo $((a)); test -v 'x[$(cat ${file})]'; printf -v 'x[$(cat ${file})]' y`,
  ],
  [
    "a prompt that expands",
    ({ file }) =>
      `PS1='$(cat ${file})'; echo "\${PS1@P}"; PROMPT_COMMAND='cat ${file}'; BASH_ENV=${file} bash -c :`,
  ],
  [
    "source of a host file",
    ({ file }) => `source ${quoted(file)}; . /etc/profile; mapfile -t x < ${quoted(file)}; echo "\${x[@]}"`,
  ],
  [
    "tar, gzip and dd",
    ({ file, folder }) =>
      `tar cf - ${quoted(file)}; gzip -c ${quoted(file)}; dd if=${quoted(file)} of=${quoted(`${folder}/trace`)}`,
  ],
  [
    "the REPL's commands replaced",
    () =>
      "llm() { env; }; answer() { :; }; unset -f answer; alias llm=cat; enable -n echo; rm -rf /bin /usr context.txt; hash -p /bin/sh llm",
  ],
  ["everything removed", () => "rm -rf / --no-preserve-root; rm -rf /home /dev /proc; ls /"],
  ["a pipe of ten gigabytes", () => "seq 1 10000000000 | wc -l"],
  [
    "a prompt with a terminal's control characters",
    () => `llm "$(printf '\\033]0;x\\007')"; printf '\\0\\0\\0'; printf '\\xff\\xfe' | llm`,
  ],
];

describeProbes(bashIn(), PROBES, { code: "wc -c < context.txt", printed: "11" });
