import { liveAndDie } from './every-type';
const re = new RegExp(process.argv[3] ?? 'x');
liveAndDie(process.argv[2] as 'required', (t) => re.test(t)).then((o) => console.log(JSON.stringify(o)), (e) => console.error(String(e).slice(0, 3000)));
