-- ё is found and sorted as е, in what is there as in what comes.
UPDATE user SET search = replace(search, 'ё', 'е'), sort_name = replace(sort_name, 'ё', 'е') WHERE instr(search, 'ё') > 0;
UPDATE device SET search = replace(search, 'ё', 'е'), sort_name = replace(sort_name, 'ё', 'е') WHERE instr(search, 'ё') > 0;
