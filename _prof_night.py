import sys, cProfile, pstats, time
from pathlib import Path
from benchmarks import nightly
from benchmarks.nightly import *
from benchmarks.nightly import _root,_job,_model_folder
from benchmarks.made_up import MadeUp
from benchmarks.measure import alone
if __name__ == "__main__":
    leads=int(sys.argv[1]); data=Path("benchmarks/data").resolve(); size=MadeUp(leads,100*leads,1)
    alone(nightly.prepare, data, size)
    import shutil
    with open_workspace(_root(data,size)) as ws:
        job=_job(ws); ch=Champion(load_bundle(_model_folder(job)),"1")
        p=cProfile.Profile(time.process_time); p.enable(); t=time.process_time(); w=time.perf_counter()
        score_project(job,ch)
        p.disable(); print('cpu',time.process_time()-t,'wall',time.perf_counter()-w)
        st=pstats.Stats(p); st.sort_stats('cumulative').print_stats(70)
        print(peak_gb_so_far())
