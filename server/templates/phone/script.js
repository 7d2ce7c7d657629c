(()=>{const d=document,b=d.body.dataset,$=i=>d.getElementById(i),show=i=>{if($(i))$(i).hidden=false};
if(b.mac&&navigator.maxTouchPoints>1){location.replace(b.mac);return}
d.querySelectorAll("[data-copy]").forEach(e=>{const f=e.previousElementSibling;e.hidden=false;e.onclick=async()=>{f.focus();f.select();try{await navigator.clipboard.writeText(f.value)}catch{if(!d.execCommand("copy"))return}e.textContent=e.dataset.done}});
if(!b.wait)return;
show("wait");
const seen=()=>d.visibilityState=="visible";let n=0,told=false,over=false,busy=false;
const ask=async()=>{if(busy||over||!seen())return;busy=true;try{const r=await fetch(b.path+"/state",{cache:"no-store",headers:{accept:"application/json"}});
if(r.ok){const s=await r.json();if(s.state=="refused"){over=true;location.reload()}d.querySelectorAll("[data-s]").forEach(e=>e.classList.toggle("ok",s.step>=+e.dataset.s));d.querySelectorAll("[data-stop]").forEach(e=>{e.hidden=s.stopped!=e.dataset.stop});
if(s.state=="connected"){over=true;if(s.model)$("model").textContent=s.model;$("todo").hidden=true;show("done");$("done").focus()}if(over)clearInterval(t)}}catch{}busy=false};
const tell=()=>fetch(b.path+"/opened",{method:"POST",keepalive:true,headers:{"content-type":"application/json"},body:JSON.stringify({as:b.as})}).then(r=>{if(r.ok)show("told")}).catch(()=>{told=false});
const get=()=>{try{if(sessionStorage[b.path])return;sessionStorage[b.path]=1}catch{}location.href=b.get};
const tick=()=>{if(!seen())return;n++;if(n==2&&b.get)get();if(n>=2&&!told){told=true;tell()}if(n%2==0)ask()};
const t=setInterval(tick,1000);d.addEventListener("visibilitychange",ask)})();
