(()=>{const d=document,b=d.body.dataset,$=i=>d.getElementById(i);
if(b.mac&&navigator.maxTouchPoints>1){location.replace(b.path+"?as=ipad");return}
d.querySelectorAll("[data-copy]").forEach(e=>{e.hidden=false;e.onclick=async()=>{try{await navigator.clipboard.writeText(e.dataset.copy);e.textContent=e.dataset.done}catch{getSelection().selectAllChildren(e.previousElementSibling)}}});
if(!b.wait)return;
const seen=()=>d.visibilityState=="visible";let n=0,told=false,over=false,busy=false;
const ask=async()=>{if(busy||over||!seen())return;busy=true;try{const r=await fetch(b.path+"/state",{cache:"no-store",headers:{accept:"application/json"}});
if(r.ok){const s=await r.json();if(s.state=="connected"&&$("done")){over=true;if(s.model)$("model").textContent=s.model;$("todo").hidden=true;$("done").hidden=false;$("done").focus();clearInterval(t)}}}catch{}busy=false};
const tick=()=>{if(!seen())return;n++;if(n>=2&&!told){told=true;fetch(b.path+"/opened",{method:"POST",keepalive:true}).catch(()=>{told=false})}if(n%2==0)ask()};
const t=setInterval(tick,1000);d.addEventListener("visibilitychange",ask)})();
